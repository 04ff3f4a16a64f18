import { siteOf } from '../support/indexes.js';
import type { Workbench } from '../support/workbench.js';
import type { Yank, YankDriverCall } from './driver.js';

/** Tells a person where and how to yank. */
export function personDriver(bench: Workbench): YankDriverCall {
  return (yank) => {
    const { index, subject, reason } = yank;
    const { link } = bench.settings.yank;
    const page =
      link === undefined
        ? new URL(`manage/project/${subject.package}/release/${subject.version}/`, siteOf(index)).href
        : filled(link, subject);
    if (index.yanks === false)
      return Promise.resolve({ acted: false, evidence: [], toDo: removal(bench, yank) });
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

/** What a person does on an index that cannot yank. */
function removal({ settings }: Workbench, { index, subject }: Yank): string[] {
  const { link } = settings.yank;
  return [
    `${index.name} cannot yank: remove the files of ${subject.package} ${subject.version} from it, by its own means.`,
    ...(link === undefined ? [] : [`They are at ${filled(link, subject)}.`]),
    `Nothing else is needed: this is over as soon as ${index.name} lists none of them.`,
  ];
}

function filled(link: string, subject: Yank['subject']): string {
  return link
    .replaceAll('{package}', encodeURIComponent(subject.package))
    .replaceAll('{version}', encodeURIComponent(subject.version));
}
