/** The workflow of a trusted publisher: its file, and where that stands in a package's repository. */
export const publishFile = 'slipway-publish.yml';
export const publishPath = `.github/workflows/${publishFile}`;

/** The deployment environment that the index is told to trust, and where people may be asked before every upload. */
export const publishEnvironment = 'pypi';

/** The action that gets a token for the job's identity and uploads; it is the name of its step too. */
export const uploadAction = 'pypa/gh-action-pypi-publish';

/** What the workflow is started with. */
export interface PublishInputs {
  readonly package: string;
  readonly version: string;
  /** Stands for exactly these files of the version. */
  readonly key: string;
  /** A line for each file: its sha256, the number of its asset, its name. */
  readonly files: string;
}

/** What a run is called, by which it is found again. */
export function publishTitle({ package: name, version, key }: Omit<PublishInputs, 'files'>): string {
  return `Publish ${name} ${version} (${key})`;
}

const input = (name: keyof PublishInputs) => expression(`inputs.${name}`);

function expression(inner: string): string {
  return `$\{{ ${inner} }}`;
}

const title = publishTitle({ package: input('package'), version: input('version'), key: input('key') });

/** Fails unless the folder holds the listed files with their digests, and nothing else. */
const check = `\
          awk '{ print $1 "  dist/" $3 }' <<< "$FILES" | sha256sum --check --strict
          diff <(awk '{ print $3 }' <<< "$FILES" | sort) <(ls -A dist | sort)`;

/** Its text. The two jobs never share a permission: the one that reads drafts cannot upload, and the other way round. */
export const publishWorkflow = `\
# Made by \`slipway init\`. Do not change it: Slipway starts no release while this file is not the one that it makes.
# It uploads exactly the files that a release names by their sha256, which people have approved, and nothing else.
name: Slipway publishes
run-name: ${title}

on:
  workflow_dispatch:
    inputs:
      package:
        description: The package
        required: true
        type: string
      version:
        description: The version
        required: true
        type: string
      key:
        description: What the run is found again by
        required: true
        type: string
      files:
        description: A line for each file - its sha256, the number of its asset, its name
        required: true
        type: string

permissions: {}

# One after the other: what the first one has uploaded the second one only confirms.
concurrency:
  group: slipway-publish

env:
  FILES: ${input('files')}

defaults:
  run:
    shell: bash

jobs:
  fetch:
    runs-on: ubuntu-latest
    timeout-minutes: 15
    permissions:
      contents: write # a draft's assets are shown to nobody who may do less
    steps:
      - name: Fetch the listed files and no other
        env:
          GH_TOKEN: ${expression('github.token')}
        run: |
          mkdir dist
          while read -r sha256 asset name; do
            [[ $sha256 =~ ^[0-9a-f]{64}$ && $asset =~ ^[0-9]+$ && $name =~ ^[A-Za-z0-9][A-Za-z0-9._+-]*$ ]] ||
              { echo '::error::This is no list that Slipway makes.'; exit 1; }
            curl --fail --silent --show-error --location --retry 3 --output "dist/$name" \\
              --header @<(printf 'Authorization: Bearer %s' "$GH_TOKEN") --header 'Accept: application/octet-stream' \\
              "$GITHUB_API_URL/repos/$GITHUB_REPOSITORY/releases/assets/$asset"
          done <<< "$FILES"
      - name: Check their digests
        run: |
${check}
      - uses: actions/upload-artifact@bbbca2ddaa5d8feaa63e36b76fdaad77386f024f # v7.0.0
        with:
          name: dist
          path: dist/
          if-no-files-found: error
          retention-days: 1

  publish:
    needs: fetch
    runs-on: ubuntu-latest
    timeout-minutes: 15
    environment: ${publishEnvironment}
    permissions:
      id-token: write # the identity that the index trusts
    steps:
      - uses: actions/download-artifact@3e5f45b2cfb9172054b4087a40e8e0b5a5461e7c # v8.0.1
        with:
          name: dist
          path: dist/
      - name: Check their digests again, and that there is no other file
        run: |
${check}
      - uses: ${uploadAction}@ed0c53931b1dc9bd32cbe73a98c7f6766f8a527e # v1.13.0
        with:
          packages-dir: dist/
          attestations: true
`;
