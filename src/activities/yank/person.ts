import { siteOf } from '../support/indexes.js';
import type { Workbench } from '../support/workbench.js';
import type { YankDriverCall } from './driver.js';

/** Tells a person where and how to yank. */
export function personDriver(bench: Workbench): YankDriverCall {
  return ({ index, subject, reason }) => {
    const page =
      bench.settings.yank.link
        ?.replaceAll('{package}', encodeURIComponent(subject.package))
        .replaceAll('{version}', encodeURIComponent(subject.version)) ??
      new URL(`manage/project/${subject.package}/release/${subject.version}/`, siteOf(index)).href;
    return Promise.resolve({
      acted: false,
      evidence: [],
      toDo: [
        `Open ${page} as an owner of ${subject.package} on ${index.name}.`,
        `Choose "Yank", give the reason "${reason}", and type ${subject.version} to confirm.`,
        `Nothing else is needed: this is over as soon as ${index.name} says yanked for every file.`,
      ],
    });
  };
}
