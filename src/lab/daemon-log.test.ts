import { describe, expect, it } from 'vitest';
import { timelineText } from './daemon-log.ts';

describe('timelineText', () => {
  it("takes a transition without keepalived's time stamp", () => {
    expect(timelineText('Sun Nov 22 22:10:18 2026: (VI_1) Entering MASTER STATE')).toBe(
      '(VI_1) Entering MASTER STATE',
    );
  });

  it('leaves out what is no news', () => {
    expect(
      timelineText('Sun Nov 22 22:10:22 2026: Sending gratuitous ARP on eth1 for 192.0.2.5'),
    ).toBeNull();
    expect(timelineText('')).toBeNull();
  });
});
