import { siteOf } from '../support/indexes.js';
import type { Workbench } from '../support/workbench.js';
import type { Driver, Target, Yank } from './driver.js';
import { placeholders } from './placeholders.js';

/** Tells a person where and how to yank. */
export function personDriver(bench: Workbench): Driver {
  return {
    yank: (yank) => {
      const { index, subject, reason } = yank;
      if (index.yanks === false)
        return Promise.resolve({ acted: false, evidence: [], toDo: removal(bench, yank) });
      return Promise.resolve({
        acted: false,
        evidence: [],
        toDo: [
          `Open ${pageFor(bench, yank)} as an owner of ${subject.package} on ${index.name}.`,
          `Choose "Yank", give the reason "${reason}", and type ${subject.version} to confirm.`,
          `Nothing else is needed: this is over as soon as ${index.name} says yanked for every file.`,
        ],
      });
    },
    unYank: (yank) => {
      const { index, subject } = yank;
      return Promise.resolve({
        acted: false,
        evidence: [],
        toDo: [
          `Open ${listFor(bench, yank)} as an owner of ${subject.package} on ${index.name}.`,
          `Choose "Un-yank" at ${subject.version}, and type ${subject.version} to confirm.`,
          `Nothing else is needed: this is over as soon as ${index.name} says yanked for no file.`,
        ],
      });
    },
    // Whether somebody is there cannot be tried: people have to say so.
    arm: (target) =>
      Promise.resolve({
        state: 'unarmed',
        evidence: [],
        toDo: [
          target.index.yanks === false
            ? `Have somebody on watch who can remove files from ${target.index.name}.`
            : `Have somebody on watch who can yank at ${pageFor(bench, target)}.`,
        ],
      }),
  };
}

function pageFor({ settings }: Workbench, about: Target): string {
  const { index, subject } = about;
  const { link } = settings.yank;
  return link === undefined
    ? new URL(`manage/project/${subject.package}/release/${subject.version}/`, siteOf(index)).href
    : placeholders(about, encodeURIComponent)(link);
}

/** The page of all releases, where a yanked one has its form. */
function listFor({ settings }: Workbench, about: Target): string {
  const { index, subject } = about;
  const { link } = settings.yank;
  return link === undefined
    ? new URL(`manage/project/${subject.package}/releases/`, siteOf(index)).href
    : placeholders(about, encodeURIComponent)(link);
}

/** What a person does on an index that cannot yank. */
function removal({ settings }: Workbench, yank: Yank): string[] {
  const { index, subject } = yank;
  const { link } = settings.yank;
  return [
    `${index.name} cannot yank: remove the files of ${subject.package} ${subject.version} from it, by its own means.`,
    ...(link === undefined ? [] : [`They are at ${placeholders(yank, encodeURIComponent)(link)}.`]),
    `Nothing else is needed: this is over as soon as ${index.name} lists none of them.`,
  ];
}
