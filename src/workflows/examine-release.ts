import { ActivityFailure, TimeoutFailure, rootCause } from '@temporalio/workflow';

import type { Zone } from '../contract/zones.js';
import {
  sentenceOf,
  unknown,
  type Examination,
  type Examined,
  type Precondition,
  type PublishExamined,
} from '../contract/preconditions.js';
import type { ReleaseRequest, Source } from '../contract/release.js';
import { examine } from './activities.js';

/** Looks at everything that a release needs in every zone; it takes no lease and changes nothing outside. */
export async function examineRelease(request: ReleaseRequest): Promise<Examination> {
  const [found, yank] = await Promise.all([
    answerOf<PublishExamined>('publish', () => examine.publish.examinePublish({ request })),
    answerOf('urgent', () => examine.urgent.examineUrgent({ request })),
  ]);
  const source = sourceOf(found, request);
  const build = await answerOf('build', () =>
    examine.build.examineBuild(source === undefined ? {} : { source }),
  );
  const preconditions = [found, build, yank].flatMap((each) => each.preconditions);
  const ran = [found, build, yank].flatMap((each) => each.ran);
  return { ...found, request, preconditions: eachOnce(preconditions), ran };
}

/** What keeps more than one look from being taken is told once. */
function eachOnce(preconditions: readonly Precondition[]): Precondition[] {
  return [...new Map(preconditions.map((one) => [sentenceOf(one), one])).values()];
}

function sourceOf({ head, terms }: PublishExamined, { version }: ReleaseRequest): Source | undefined {
  if (head === undefined || terms === undefined) return undefined;
  const { commit, config } = head;
  return { repository: terms.repository, commit, config: config.digest, version };
}

/** What a zone found, or that it does not answer. */
async function answerOf<T extends Examined>(zone: Zone, ask: () => Promise<T>): Promise<T | Examined> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof ActivityFailure)) throw error;
    const isNobody = error.cause instanceof TimeoutFailure && error.cause.timeoutType === 'SCHEDULE_TO_START';
    const why = isNobody ? 'no worker of it took the question up' : rootCause(error);
    return {
      ran: [],
      preconditions: [
        unknown(
          'workers',
          `What only the zone ${zone} can see: ${why ?? error.message}`,
          `start it with \`slipway worker\` (or \`slipway up\`), look into its log, and ask again.`,
        ),
      ],
    };
  }
}
