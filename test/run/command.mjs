/** Runs one program to its end, with a limit to its time and to what is kept of its output. */
import { spawn } from 'node:child_process';

/** Of an output that is longer only the end is kept. */
const outputLimit = 200_000;

/** Process groups of the programs that run now. */
const groups = new Set();

/**
 * @typedef {object} Step
 * @property {string[]} command the program and its arguments
 * @property {number} limitSeconds then it is ended, with all that it has started
 * @property {string} directory where it runs
 * @property {object} [environment] variables beside those of this process
 *
 * @param {Step} step
 * @returns {Promise<{ ok: boolean, output: string, seconds: number }>} `output` is what was
 *   printed to stdout and stderr, with a line of ours where the program could not end by itself
 */
export function runCommand({ command, limitSeconds, directory, environment = {} }) {
  const began = performance.now();
  const [program, ...words] = command;
  const child = spawn(program, words, {
    cwd: directory,
    // A group of its own, so that the limit ends what it has started as well.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      [process.stdout.isTTY ? 'FORCE_COLOR' : 'NO_COLOR']: '1',
      ...environment,
    },
  });
  if (child.pid !== undefined) groups.add(child.pid);
  let output = '';
  const keep = (text) => {
    output = (output + text).slice(-outputLimit);
  };
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', keep);
  const timer = setTimeout(() => {
    keep(`\nstopped: it took longer than its limit of ${limitSeconds} s\n`);
    stop(child.pid);
  }, limitSeconds * 1000);
  return new Promise((resolve) => {
    const finish = (ok) => {
      clearTimeout(timer);
      groups.delete(child.pid);
      resolve({ ok, output: output.trimEnd(), seconds: (performance.now() - began) / 1000 });
    };
    child.once('error', (error) => {
      keep(`${error.message}\n`);
      finish(false);
    });
    child.once('close', (code) => finish(code === 0));
  });
}

/** Ends whatever runs now, for when the run itself is interrupted. */
export function stopAll() {
  for (const group of groups) stop(group);
}

function stop(group) {
  try {
    process.kill(-group, 'SIGKILL');
  } catch (error) {
    // The group may have ended by itself in the meantime.
    if (error.code !== 'ESRCH') throw error;
  }
}
