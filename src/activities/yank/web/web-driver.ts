import type { Subject } from '../../../contract/activities.js';
import type { IndexAddress } from '../../../contract/release.js';
import { siteOf } from '../../support/indexes.js';
import type { Workbench } from '../../support/workbench.js';
import type { Driver, YankAct } from '../driver.js';
import { oneLine } from '../placeholders.js';
import { findForms } from './arming.js';
import { OwnerSession, type Done } from './owner-session.js';
import { releasesPath, sendUnYank, sendYank, sessionEnd, type Owner } from './owner.js';

/**
 * Yanks by the forms of the index's site, as an owner of the project does in a browser; it is armed while an owner is
 * logged in and the form is there. `now` is the clock of the one-time codes, in milliseconds.
 */
export function webDriver(bench: Workbench, now: () => number = Date.now): Driver {
  const session = new OwnerSession(bench, now);
  /** What was sent and never answered may have been heard, and only the index tells. */
  async function act(
    index: IndexAddress,
    send: (owner: Owner, sending: () => void) => Promise<Done>,
  ): Promise<YankAct> {
    let acted: YankAct['acted'] = false;
    const { evidence, toDo } = await session.use(index, async (owner) => {
      const done = await send(owner, () => (acted = 'perhaps'));
      // Where somebody else was faster there is no form either.
      acted = true;
      return done;
    });
    return { acted, evidence, toDo };
  }
  return {
    yank: ({ index, subject, reason }) =>
      act(index, async (owner, sending) => {
        return (await sendYank(owner, subject, oneLine(reason), sending))
          ? wasSent(index, subject)
          : hadNoForm(index, subject);
      }),
    unYank: ({ index, subject }) =>
      act(index, async (owner, sending) =>
        (await sendUnYank(owner, subject, sending))
          ? undoingWasSent(index, subject)
          : hadNoUndoing(index, subject),
      ),
    async arm({ index, subject }) {
      let until: string | undefined;
      const { evidence, toDo, passing } = await session.use(index, async (owner) => {
        const what = await findForms(owner, subject);
        until = sessionEnd(owner);
        return { evidence: [{ what }], toDo: [] };
      });
      if (until !== undefined) return { state: 'armed', until, evidence, toDo };
      return { state: passing === true ? 'unclear' : 'unarmed', evidence, toDo };
    },
  };
}

function wasSent(index: IndexAddress, { package: name, version }: Subject): Done {
  return {
    evidence: [{ what: `The owner's web form to yank ${name} ${version} was sent and led where it should` }],
    toDo: [
      `${index.name} took the form and does not show ${name} ${version} as yanked: it may be read-only for now, or show an old state. Look at its status page and at ${listAt(index, name)}.`,
    ],
  };
}

function hadNoForm(index: IndexAddress, { package: name, version }: Subject): Done {
  return {
    evidence: [{ what: `The page of ${name} ${version} has no form to yank it, as when it is yanked` }],
    toDo: [`Look at ${listAt(index, name)} whether ${name} ${version} is among the yanked releases there.`],
  };
}

function undoingWasSent(index: IndexAddress, { package: name, version }: Subject): Done {
  return {
    evidence: [
      { what: `The owner's web form to un-yank ${name} ${version} was sent and led where it should` },
    ],
    toDo: [
      `${index.name} took the form and still shows ${name} ${version} as yanked: it may be read-only for now, or show an old state. Look at its status page and at ${listAt(index, name)}.`,
    ],
  };
}

function hadNoUndoing(index: IndexAddress, { package: name, version }: Subject): Done {
  return {
    evidence: [
      { what: `${listAt(index, name)} has no form to un-yank ${version}, as when it is not yanked` },
    ],
    toDo: [`Look at ${listAt(index, name)} whether ${name} ${version} is among the yanked releases there.`],
  };
}

function listAt(index: IndexAddress, name: string): string {
  return new URL(releasesPath(name), siteOf(index)).href;
}
