/** How long a test waits for what has to come, in milliseconds: a loaded machine is slow, and one that is not waits for less. */
export const patience = { timeout: 45_000, interval: 50 };
