import { build } from './build.mjs';
import { checkMachine } from './machine.mjs';
import { installPackages } from './packages.mjs';
import { runProgram } from './problem.mjs';
import { stage } from './progress.mjs';
import { pythonTools } from './python.mjs';
import { temporalBinary } from './temporal.mjs';

await runProgram(async () => {
  const began = performance.now();
  await stage('Node, git, Python', checkMachine);
  await stage('npm packages', (log) => installPackages({ log }));
  await stage('Programs', (log) => build({ log }));
  await stage('Temporal server', (log) => temporalBinary({ log }));
  await stage('Python tools', (log) => pythonTools({ log }));
  console.error(`Slipway is set up (${((performance.now() - began) / 1000).toFixed(1)} s).`);
});
