"""Runs `python -m build` with file modes and umask that do not depend on the machine: arguments as for build, the folder first."""

import os
import runpy
import stat
import sys


def main() -> None:
    folder = sys.argv[1]
    os.umask(0o022)
    for parent, folders, files in os.walk(folder):
        for name in folders + files:
            path = os.path.join(parent, name)
            mode = os.lstat(path).st_mode
            if stat.S_ISDIR(mode) or (stat.S_ISREG(mode) and mode & stat.S_IXUSR):
                os.chmod(path, 0o755)
            elif stat.S_ISREG(mode):
                os.chmod(path, 0o644)
    runpy.run_module("build", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
