import { unknown, type BuildExaminations } from '../../contract/preconditions.js';
import { packagePreconditions } from '../missing.js';
import type { Workbench } from '../support/workbench.js';
import { witnessed } from '../support/witness.js';
import { inWorkplace } from '../support/workplace.js';
import { inquire } from './inquiring.js';
import { installPreconditions } from './install-settings.js';
import { spacePreconditions, toolPreconditions } from './machine.js';

/** What the build zone sees before a release: the machine, and what the package needs there. */
export function createBuildExaminations(bench: Workbench): BuildExaminations {
  return {
    async examineBuild({ source }) {
      const look = () =>
        Promise.all([
          inquire('machine', 'The Python tools', () => toolPreconditions(bench)),
          inquire('machine', 'The space on disk', () => spacePreconditions(bench)),
          inquire('machine', 'The settings of pip and uv', () =>
            inWorkplace(bench, (place) => installPreconditions(bench, place)),
          ),
          inquire('machine', 'What the package needs', () =>
            source === undefined
              ? Promise.resolve([unknown('secrets', unread)])
              : packagePreconditions(bench, source, { isLook: true }),
          ),
        ]);
      const { value, ran } = await witnessed(bench, look);
      return { preconditions: value.flat(), ran };
    },
  };
}

const unread =
  'Which secrets and Pythons the package needs: its configuration could not be read, as said elsewhere here';
