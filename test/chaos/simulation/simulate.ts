import { queryName, releaseId, workflowTypes, yankId } from '../../../src/contract/handles.js';
import type { ReleaseRequest } from '../../../src/contract/release.js';
import type { Ledger } from '../../../src/contract/state.js';
import type { Activities } from '../../workflows/world.js';
import type { Observation } from '../observation.js';
import { activitiesOf, type Model } from './activities.js';
import { Agenda } from './agenda.js';
import type { Attempt, Fate } from './attempts.js';
import { drawsOf, type Draws } from './draws.js';
import { Engine } from './engine.js';
import { Outside } from './outside.js';
import { People, type StopAt } from './people.js';
import { planOf, type Plan } from './plan.js';
import { serviceActivities, type Records } from './service.js';

/** Breaks the service on purpose: what an attempt does instead. */
export type Defect = (model: Model, attempt: Attempt) => Partial<Activities>;

/** What a test may want to be otherwise than drawn. */
export interface Wanted {
  readonly plan?: Partial<Plan>;
  readonly defect?: Defect;
  readonly stopAt?: StopAt;
}

/** A run that was played to its end. */
export interface Played {
  readonly observation: Observation;
  /** What went wrong without being an effect: a task that failed, a run without end, an answer that nobody may get. */
  readonly wrong: readonly string[];
  readonly outcome: string;
  readonly pagesTurned: number;
}

const request: ReleaseRequest = {
  package: 'simulated',
  version: '1.0.0',
  by: 'ada',
  wait: false,
  acceptUnisolated: false,
};

/** More than any run needs that ends. */
const mostSteps = 5_000;

/** Plays one release from a seed: the real workflows in a modelled world, in virtual time. */
export async function simulate(seed: number, wanted: Wanted = {}): Promise<Played> {
  const draws = drawsOf(seed);
  const plan: Plan = { ...planOf(draws), ...wanted.plan };
  const outside = new Outside(new Agenda(Date.UTC(2026, 0, 1)), plan.terms.branch);
  const records: Records = {};
  const model: Model = { outside, plan, draws };
  const service = serviceActivities(() => engine, outside, records);
  const act = async (name: string, input: unknown, attempt: Attempt) => {
    if (wanted.stopAt !== undefined) await people.stopAt(wanted.stopAt);
    return perform(
      { ...activitiesOf(model, attempt), ...service, ...wanted.defect?.(model, attempt) },
      name,
      input,
    );
  };
  const { agenda } = outside;
  const engine: Engine = new Engine({ agenda, draws, act, fate: () => fateOf(plan, draws) }, seed);
  const id = releaseId(request.package, request.version);
  const people = new People(engine, outside, plan, draws, id, wanted.stopAt);
  const wrong: string[] = [];
  try {
    await playOut(people, engine, records, wrong);
  } catch (error) {
    wrong.push(error instanceof Error ? error.message : String(error));
  }
  const ledger = await ledgerOf(engine, people.workflowId, records);
  await engine.dispose();
  return {
    observation: observe(seed, { outside, people, engine, ledger }),
    wrong: [...wrong, ...people.wrong],
    outcome: ledger?.outcome?.outcome ?? (ledger?.refusal === undefined ? 'open' : 'refused'),
    pagesTurned: engine.pagesTurned,
  };
}

async function ledgerOf(engine: Engine, workflowId: string, records: Records): Promise<Ledger | undefined> {
  const asked = await engine.query<Ledger>(workflowId, queryName).catch(() => undefined);
  return asked ?? records.ledger;
}

function perform(all: Partial<Activities>, name: string, input: unknown): Promise<unknown> {
  const activity = all[name as keyof Activities] as ((input: unknown) => Promise<unknown>) | undefined;
  if (activity === undefined) throw new Error(`the model has no activity ${name}`);
  return activity(input);
}

async function playOut(people: People, engine: Engine, records: Records, wrong: string[]): Promise<void> {
  await engine.start(workflowTypes.release, people.workflowId, [{ request }]);
  people.begin();
  await settle(people, engine, wrong);
  if (people.plan.late && records.ledger?.outcome !== undefined) await comeLate(people, engine, wrong);
}

/** A worker dies, an answer is lost, a connection is refused: as often as the plan says. */
function fateOf(plan: Plan, draws: Draws): Fate {
  if (plan.faults <= 0 || !draws.chance(0.2)) return 'well';
  plan.faults -= 1;
  return draws.one(['refused', 'lost', 'dies', 'dies']);
}

async function settle({ outside, workflowId }: People, engine: Engine, wrong: string[]): Promise<void> {
  for (let steps = 0; steps < mostSteps; steps++) if (!(await outside.agenda.step())) return;
  if (engine.isOpen(workflowId)) wrong.push(`the release has no end after ${String(mostSteps)} steps`);
}

/** Somebody comes when all is over: an approval finds nobody, a yank is a workflow of its own. */
async function comeLate(people: People, engine: Engine, wrong: string[]): Promise<void> {
  const { draws } = people;
  const ledger = await engine.query<Ledger>(people.workflowId, queryName);
  const gate = ledger?.gates.at(-1);
  const reply = await engine.update(people.workflowId, 'approve', [
    { by: 'grace', gate: gate?.id, digest: gate?.digest },
  ]);
  if (reply.state !== 'closed') wrong.push('an approval was taken after the end');
  if (ledger?.outcome?.outcome !== 'released' || draws.chance(0.5)) return;
  people.workflowId = yankId(request.package, request.version);
  await engine.start(workflowTypes.yank, people.workflowId, [
    { ...request, by: 'linus', reason: 'bad after all' },
  ]);
  people.begin();
  await settle(people, engine, wrong);
}

interface Seen {
  readonly outside: Outside;
  readonly people: People;
  readonly engine: Engine;
  readonly ledger: Ledger | undefined;
}

function observe(seed: number, { outside, people, engine, ledger }: Seen): Observation {
  const { base, branch } = people.plan.terms;
  const isReleased = ledger?.outcome?.outcome === 'released';
  return {
    release: {
      package: request.package,
      version: request.version,
      base,
      branch,
      tag: people.plan.config.tag,
    },
    seed,
    reproduce: `SLIPWAY_SEED=${String(seed)} npx vitest run test/chaos/simulation/simulation.test.ts`,
    effects: outside.effects,
    rest: {
      test: outside.all('test'),
      production: outside.all('production'),
      refs: Object.fromEntries(outside.refs),
    },
    messages: people.sent,
    foreign: outside.foreign.map(({ ref, commit }) => {
      const end = outside.refs.get(ref);
      return { ref, commit, kept: end === undefined ? true : outside.holds(end, commit) };
    }),
    scheduled: engine.scheduled,
    ...(ledger === undefined ? {} : { ledger }),
    // The branch, both files of a candidate, the merge, both files of the release, the tag, and the branch's end.
    least: isReleased ? 8 : 0,
  };
}
