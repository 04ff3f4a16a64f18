import { parse } from 'yaml';
import { z } from 'zod';

const texts = z.record(z.string(), z.coerce.string()).default({});

const stepShape = z.object({
  name: z.string().optional(),
  run: z.string().optional(),
  uses: z.string().optional(),
  with: texts,
  env: texts,
});

const jobShape = z.object({
  environment: z.string().optional(),
  permissions: texts,
  env: texts,
  steps: z.array(stepShape),
});

const inputShape = z.object({ required: z.boolean().default(false), default: z.string().optional() });

const workflowShape = z.object({
  name: z.string().optional(),
  'run-name': z.string().optional(),
  on: z.object({
    workflow_dispatch: z.object({ inputs: z.record(z.string(), inputShape).default({}) }),
  }),
  env: texts,
  jobs: z.record(z.string(), jobShape),
});

/** A workflow that is started by hand, as far as the stand-in runs such. */
export type Workflow = z.output<typeof workflowShape>;
export type Job = z.output<typeof jobShape>;
export type Step = z.output<typeof stepShape>;

/** Where a workflow's file stands. */
export function workflowPath(file: string): string {
  return `.github/workflows/${file}`;
}

/** Reads a workflow; undefined where it is none that is started by hand. */
export function readWorkflow(text: string): Workflow | undefined {
  return workflowShape.safeParse(parse(text)).data;
}

/** A text with the values of its expressions; of expressions only names are understood. */
export function evaluated(text: string, values: Readonly<Record<string, string>>): string {
  return text.replaceAll(/\$\{\{ *(.*?) *\}\}/g, (_all, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`The stand-in does not know the expression ${name}.`);
    return value;
  });
}

/** The values of a run's inputs, by the expressions that stand for them. */
export function inputValues(inputs: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(inputs).map(([name, value]) => [`inputs.${name}`, value]));
}
