import { allHandlersFinished, condition, defineUpdate, setHandler, sleep } from '@temporalio/workflow';

import { readLogName, type LogAnswer, type LogQuestion } from '../contract/log.js';
import { urgent } from './activities.js';

/** Answers what one person wants to read of a log, until nobody has asked for a minute. */
export async function readLog(): Promise<void> {
  let asked = 0;
  setHandler(defineUpdate<LogAnswer, [LogQuestion]>(readLogName), async (question) => {
    asked += 1;
    return urgent.readLog(question);
  });
  for (let before = -1; before !== asked;) {
    before = asked;
    await sleep('1 minute');
    await condition(allHandlersFinished);
  }
}
