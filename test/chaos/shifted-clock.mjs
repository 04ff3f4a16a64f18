// Preloaded into a process whose clock is to be wrong by SLIPWAY_TEST_SHIFT milliseconds.
const shift = Number(process.env.SLIPWAY_TEST_SHIFT);
const Right = Date;
const now = () => Right.now() + shift;

/** A clock that is wrong, and tells all other times right. */
globalThis.Date = new Proxy(Right, {
  construct(_, given, made) {
    /** @type {object} */
    const date = Reflect.construct(Right, given.length > 0 ? given : [now()], made);
    return date;
  },
  get(_, key) {
    /** @type {unknown} */
    const right = Reflect.get(Right, key);
    return key === 'now' ? now : right;
  },
});
