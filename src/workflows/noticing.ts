import type { Desk } from './desk.js';

/** Shows people a notice while something goes on; what is shown of other things stays. */
export async function noticing<T>(desk: Desk, text: string, body: () => Promise<T>): Promise<T> {
  const notice = { text };
  desk.notices.push(notice);
  show(desk);
  try {
    return await body();
  } finally {
    desk.notices.splice(desk.notices.indexOf(notice), 1);
    show(desk);
  }
}

function show(desk: Desk): void {
  if (desk.notices.length === 0) delete desk.ledger.notice;
  else desk.ledger.notice = desk.notices.map(({ text }) => text).join(' ');
  desk.show();
}
