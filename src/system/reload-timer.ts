/**
 * `reload_time_file`: whoever writes a time into it has Baton reload then. Its folder is
 * watched, since the file comes and goes.
 */
import { readFileSync, unlinkSync, watch, type FSWatcher } from 'node:fs';
import { basename, dirname } from 'node:path';
import { milliseconds, seconds, type Duration } from '../base/units.ts';
import type { ReloadConfig } from '../model/config.ts';
import type { Clock } from '../ports/clock.ts';
import type { LogSink } from '../ports/log.ts';
import type { Timer } from '../ports/timer.ts';
import { consoleTime } from './log-text.ts';
import { reloadMoment } from './reload-time.ts';

/** How long the file must rest after a change. */
const rest = milliseconds(100);

/** The wall clock may be set, so the time that is left is reckoned anew this often. */
const longestWait = seconds(10);

export interface ReloadTimerParts {
  readonly log: LogSink;
  readonly clock: Clock;
  readonly timer: Timer;
  readonly reload: () => void;
}

type Settings = Pick<ReloadConfig, 'timeFile' | 'repeat'>;

export class ReloadTimer {
  private readonly parts: ReloadTimerParts;
  private settings: Settings = { timeFile: null, repeat: false };
  private watcher: FSWatcher | null = null;
  private cancelWait: () => void = () => undefined;
  /** The moment that the log has got last. */
  private toldMs: number | null = null;

  constructor(parts: ReloadTimerParts) {
    this.parts = parts;
  }

  /** Looks after this file from now on; null as its path: after none. */
  follow({ timeFile, repeat }: Settings): void {
    const former = this.settings;
    this.settings = { timeFile, repeat };
    if (timeFile !== former.timeFile) this.watchFolder(timeFile);
    this.look();
  }

  close(): void {
    this.follow({ timeFile: null, repeat: false });
  }

  private watchFolder(path: string | null): void {
    this.watcher?.close();
    this.watcher = null;
    if (path === null) return;
    try {
      this.watcher = watch(dirname(path), { persistent: false }, (_event, name) => {
        if (name !== basename(path)) return;
        this.wait(rest, () => {
          this.look();
        });
      });
      this.watcher.on('error', (error) => {
        this.parts.log.write(
          'warning',
          `Reload time file ${path} is not watched: ${error.message}`,
        );
      });
    } catch (error) {
      const { message } = error as Error;
      this.parts.log.write('warning', `Reload time file ${path} is not watched: ${message}`);
    }
  }

  private look(): void {
    this.cancelWait();
    const { timeFile } = this.settings;
    const text = timeFile === null ? null : contentOf(timeFile);
    if (timeFile === null || text === null) return;
    const { log, clock } = this.parts;
    const moment = reloadMoment(text, clock.wallClockMs());
    if (moment.ok) {
      if (moment.value !== this.toldMs) {
        log.write('notice', `Reload scheduled for ${consoleTime(moment.value)}`);
      }
      this.toldMs = moment.value;
      this.waitFor(moment.value);
    } else {
      log.write('warning', `Reload time file ${timeFile}: ${moment.error}`);
    }
  }

  private waitFor(momentMs: number): void {
    const leftMs = momentMs - this.parts.clock.wallClockMs();
    if (leftMs <= 0) {
      this.due();
      return;
    }
    const left = milliseconds(Math.ceil(leftMs));
    this.wait(left < longestWait ? left : longestWait, () => {
      this.waitFor(momentMs);
    });
  }

  private due(): void {
    const { timeFile, repeat } = this.settings;
    if (timeFile !== null && !repeat) remove(timeFile);
    this.parts.reload();
    // A file with an hour alone speaks of tomorrow now.
    if (repeat) this.look();
  }

  private wait(delay: Duration, callback: () => void): void {
    this.cancelWait();
    this.cancelWait = this.parts.timer.after(delay, callback);
  }
}

function contentOf(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null; // Nobody wants a reload.
  }
}

function remove(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // It is gone already.
  }
}
