/** What one case of a part came to. */
export interface Outcome {
  readonly name: string;
  /** What happened, in a few words. */
  readonly seen: string;
  readonly seconds: number;
  /** What ought to have happened; undefined where that is what did. */
  readonly instead?: string;
}

/** One part of the acceptance run. */
export interface Part {
  readonly name: string;
  readonly title: string;
  /** The names of its cases, in the order in which they are played. */
  readonly cases: readonly string[];
  /** Plays one case; `say` tells what it is doing. */
  play(name: string, say: (doing: string) => void): Promise<Outcome>;
  /** Takes what happened into the table of the part in the docs, where the rows of other cases stay. */
  record?(outcomes: readonly Outcome[]): Promise<void>;
}
