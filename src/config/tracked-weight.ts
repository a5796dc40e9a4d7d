/** `NAME [weight N [reverse|noreverse]]`: how a track block names what an instance follows. */
import type { TrackConfig } from '../model/config.ts';
import { looksLikeNote, notesHint, reportFullWidth } from './check.ts';
import type { DiagnosticCollector } from './diagnostic.ts';
import { integer, readArgument } from './keywords/argument-type.ts';
import type { Word } from './words.ts';

export type TrackWeight = Pick<TrackConfig, 'weight' | 'reverse'>;

const accepted = integer(-254, 254);

export interface WeightRules {
  /** What holds where no weight stands behind the name. */
  readonly own: TrackWeight;
  /** 253 or 254: what is beyond counts as that. */
  readonly strongest: number;
  readonly collector: DiagnosticCollector;
}

/** The weight that stands behind a name. */
export function readTrackWeight(words: readonly Word[], rules: WeightRules): TrackWeight {
  const { own, collector } = rules;
  const [keyword, number, direction, ...surplus] = words;
  if (keyword === undefined) return own;
  if (keyword.text !== 'weight') {
    reportUnknown(keyword, collector);
    return own;
  }
  if (number === undefined) {
    const message = '"weight" lacks its number';
    collector.report({ code: 'missing-argument', span: keyword.span, message });
    return own;
  }
  const value = readArgument(number.text, accepted);
  if (!value.ok) {
    const { code, message, hint } = value.error;
    collector.report({ code, span: number.span, message: `weight: ${message}`, hint });
    return own;
  }
  const isDirection = direction?.text === 'reverse' || direction?.text === 'noreverse';
  const unknown = isDirection ? surplus[0] : direction;
  if (unknown !== undefined) reportUnknown(unknown, collector);
  return {
    weight: clamped(Number(value.value), number, rules),
    reverse: isDirection ? direction.text === 'reverse' : own.reverse,
  };
}

function clamped(weight: number, { span }: Word, { strongest, collector }: WeightRules): number {
  const used = Math.max(-strongest, Math.min(strongest, weight));
  if (used !== weight) {
    const message = `weight ${weight} counts as ${used}`;
    collector.report({ code: 'value-adjusted', span, message });
  }
  return used;
}

function reportUnknown(word: Word, collector: DiagnosticCollector): void {
  if (reportFullWidth(word, collector)) return;
  const message = `"${word.text}" means nothing behind what is tracked`;
  const hint = looksLikeNote(word.text)
    ? notesHint
    : 'what may stand there: weight N [reverse|noreverse], one name on a line';
  collector.report({ code: 'unknown-keyword', span: word.span, message, hint });
}
