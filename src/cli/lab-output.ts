/** What `baton lab` prints, for a person or as one JSON object a step. */
import { fileURLToPath } from 'node:url';
import type { NamespaceEntry } from '../lab/namespaces.ts';
import {
  formatClosing,
  formatEntrance,
  formatStep,
  formatTimeline,
  isGood,
} from '../lab/report.ts';
import type { KeptMachine, StepReport, StoryEvent, TimelineEvent } from '../lab/story-event.ts';
import type { Output, Paint, Terminal } from './terminal.ts';
import { paintFor } from './terminal.ts';

export class LabOutput {
  readonly #terminal: Terminal;
  readonly #json: boolean;
  /** Where a person reads: stdout belongs to the program with `--json`. */
  readonly #narration: Output;
  readonly #paint: Paint;

  constructor(terminal: Terminal, json: boolean) {
    this.#terminal = terminal;
    this.#json = json;
    this.#narration = json ? terminal.stderr : terminal.stdout;
    this.#paint = json ? (_style, text) => text : paintFor(terminal);
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
    await this.say(this.#paint(isGood(report) ? 'good' : 'bad', formatStep(report)));
    await this.say('');
  }

  async event(
    event: Exclude<StoryEvent, { type: 'step' }>,
    entry: NamespaceEntry | null,
  ): Promise<void> {
    switch (event.type) {
      case 'timeline':
        await this.say(this.#paintEvent(event));
        return;
      case 'kept':
        await this.#sayHowToEnter(event.machines, entry?.userNamespace ?? false);
        return;
      case 'broken':
        await this.complain(`the lab broke down: ${event.reason}`);
        return;
    }
  }

  /** The lab's own lines are the headings between the steps. */
  #paintEvent(event: TimelineEvent): string {
    const line = formatTimeline(event);
    return event.who === 'lab' ? this.#paint('heading', line) : line;
  }

  /** All steps once more, and the counts. */
  async closing(reports: readonly StepReport[], tookMs: number): Promise<void> {
    for (const report of reports) {
      await this.say(this.#paint(isGood(report) ? 'good' : 'bad', formatStep(report)));
    }
    await this.say(`\n${formatClosing(reports, tookMs)}`);
  }

  async #sayHowToEnter(machines: readonly KeptMachine[], userNamespace: boolean): Promise<void> {
    await this.say('The lab stays up until you end it with Ctrl-C. Enter its machines with');
    for (const { name, initId } of machines) {
      await this.say(formatEntrance({ machine: name, processId: initId, userNamespace }));
    }
    const main = fileURLToPath(new URL('../main.js', import.meta.url));
    await this.say(`and ask the Baton of a host with\n  ${process.execPath} ${main} status`);
  }
}
