/** What `baton lab` prints, for a person or as one JSON object a step. */
import type { NamespaceEntry } from '../lab/namespaces.ts';
import { findProcessOfLab } from '../lab/outside.ts';
import { formatEntrance, formatStep, formatTimeline } from '../lab/report.ts';
import type { KeptMachine, StepReport, StoryEvent } from '../lab/story-event.ts';
import type { Output, Terminal } from './terminal.ts';

export class LabOutput {
  readonly #terminal: Terminal;
  readonly #json: boolean;
  /** Where a person reads: stdout belongs to the program with `--json`. */
  readonly #narration: Output;

  constructor(terminal: Terminal, json: boolean) {
    this.#terminal = terminal;
    this.#json = json;
    this.#narration = json ? terminal.stderr : terminal.stdout;
  }

  async say(text: string): Promise<void> {
    await this.#narration.write(`${text}\n`);
  }

  async complain(text: string): Promise<void> {
    await this.#terminal.stderr.write(`baton: ${text}\n`);
  }

  /** `labels` are further members of the object that `--json` prints. */
  async step(report: StepReport, labels: Readonly<Record<string, string>>): Promise<void> {
    if (this.#json) {
      await this.#terminal.stdout.write(`${JSON.stringify({ ...report, ...labels })}\n`);
    }
    await this.say(formatStep(report));
  }

  async event(event: Exclude<StoryEvent, { type: 'step' }>, entry: NamespaceEntry | null) {
    switch (event.type) {
      case 'timeline':
        await this.say(formatTimeline(event));
        return;
      case 'kept':
        await this.#sayHowToEnter(event.machines, entry?.userNamespace ?? false);
        return;
      case 'broken':
        await this.complain(`the lab broke down: ${event.reason}`);
        return;
    }
  }

  async #sayHowToEnter(machines: readonly KeptMachine[], userNamespace: boolean): Promise<void> {
    await this.say('The lab stays up until you end it with Ctrl-C. Enter its machines with');
    for (const { name, initId } of machines) {
      const processId = await findProcessOfLab(initId);
      if (processId === null) continue;
      await this.say(formatEntrance({ machine: name, processId, userNamespace }));
    }
  }
}
