/**
 * Scenarios: text files that a person can read. A comment says what it is about,
 * lines with "|" are a configuration, a line with ">" is a step, and what follows
 * it is the trace: every effect that the core has answered with, in order.
 *
 *     # Alone on the network.
 *     | instance VI_1: priority 100
 *
 *     > start
 *        0.000000  join eth0
 *
 *     > until 5s
 *        3.609375  advert eth0 ...
 *
 * The steps are in steps.ts, the configuration's notation in notation.ts.
 */
import { parseConfiguration } from './notation.ts';
import { ScenarioHost } from './host.ts';
import { takeStep } from './steps.ts';

export interface PlayedScenario {
  /** The same file with the trace that the core gives now. */
  readonly text: string;
  readonly host: ScenarioHost;
}

interface Block {
  readonly comment: string[];
  readonly step: string | null;
  readonly configuration: string[];
}

/** Plays the steps of a scenario; the trace that stands in `text` plays no part in it. */
export function playScenario(text: string): PlayedScenario {
  const [head, ...blocks] = blocksOf(text);
  if (head === undefined) throw new Error('an empty scenario');
  const host = new ScenarioHost(parseConfiguration(head.configuration));
  const played = [...head.comment, ...head.configuration.map((line) => `| ${line}`)];
  for (const { comment, step, configuration } of blocks) {
    if (step === null) throw new Error('a configuration without a step');
    takeStep(host, { step, configuration });
    played.push('', ...comment, `> ${step}`, ...configuration.map((line) => `| ${line}`));
    played.push(...host.takeTrace());
  }
  return { text: `${played.join('\n')}\n`, host };
}

function blocksOf(text: string): Block[] {
  let block: Block = { comment: [], step: null, configuration: [] };
  const blocks = [block];
  let comment: string[] = [];
  for (const line of text.split('\n')) {
    if (line.startsWith('#')) comment.push(line);
    else if (line.startsWith('|')) {
      block.comment.push(...comment.splice(0));
      block.configuration.push(line.slice(1).trim());
    } else if (line.startsWith('>')) {
      block = { comment, step: line.slice(1).trim(), configuration: [] };
      comment = [];
      blocks.push(block);
    }
  }
  return blocks;
}
