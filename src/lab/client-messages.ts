/** What the lab and its client's process say to each other. All times are monotonic. */

/** Argument of the client's process, as JSON. */
export interface ClientOptions {
  readonly address: string;
  readonly httpPort: number;
  readonly udpPort: number;
  /** Between two requests of a kind. */
  readonly intervalMs: number;
  /** A request without an answer for so long has failed. */
  readonly timeoutMs: number;
}

/** Ends the window of measurement, which is answered by a ClientWindow, and begins the next. */
export interface TurnWindow {
  readonly type: 'turn-window';
}

export type ClientMessage =
  /** Another host than before answers, or one answers again after `gapMs`. */
  | {
      readonly type: 'answering';
      readonly atMs: number;
      readonly host: string;
      readonly gapMs: number;
    }
  /** No good HTTP answer for a while. */
  | { readonly type: 'silent'; readonly atMs: number }
  | ({ readonly type: 'window' } & ClientWindow);

export interface ClientWindow {
  readonly http: ProbeWindow;
  readonly udp: ProbeWindow;
  /** Time in which the client's process was kept from running; it counts as no outage. */
  readonly stalledMs: number;
  /** CPU time that the client's process has used since it began. */
  readonly cpuMs: number;
}

export interface ProbeWindow {
  readonly sent: number;
  readonly failed: number;
  /** The longest time without a good answer. */
  readonly outageMs: number;
  /** Good answers, by the name of the host that gave them. */
  readonly answers: Readonly<Record<string, number>>;
}
