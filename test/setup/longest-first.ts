import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** The folders whose files take minutes; the rest take seconds. */
const long = ['/test/acceptance/', '/test/activities/forge/', '/test/web-ui/'];

/** Begins with what takes longest: a file that is left for the end keeps one worker waiting for the other. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => (long.some((part) => moduleId.includes(part)) ? 0 : 1);
    return (await super.sort(files)).sort((a, b) => rank(a) - rank(b));
  }
}
