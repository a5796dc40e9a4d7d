import { describe, expect, it } from 'vitest';
import { masterDownIntervalMs, outageBudgetMs, skewTimeMs } from './budget.ts';
import { articleTimers } from './pair.ts';

describe('the protocol timers', () => {
  it('computes Skew_Time as (256 - Priority) / 256 seconds', () => {
    expect(skewTimeMs(100)).toBe(609.375);
    expect(skewTimeMs(50)).toBe(804.6875);
    expect(skewTimeMs(255)).toBe(3.90625);
  });

  it('computes Master_Down_Interval as three adverts and the skew', () => {
    expect(masterDownIntervalMs(articleTimers, 'A')).toBe(3_609.375);
    expect(masterDownIntervalMs({ ...articleTimers, advertisementIntervalMs: 2_000 }, 'B')).toBe(
      6_804.6875,
    );
  });
});

describe('outageBudgetMs', () => {
  it('waits out the skew of the peer, not of the victim, when the master resigns', () => {
    expect(outageBudgetMs('resignation', articleTimers, 'A')).toBe(804.6875 + 200);
    expect(outageBudgetMs('resignation', articleTimers, 'B')).toBe(609.375 + 200);
  });

  it('waits out the Master_Down_Interval of the peer when the master falls silent', () => {
    expect(outageBudgetMs('silence', articleTimers, 'A')).toBe(3_804.6875 + 200);
  });

  it('allows a restart in place less than giving the address up would cost', () => {
    const restart = outageBudgetMs('restart-in-place', articleTimers, 'A');
    expect(restart).toBeLessThan(outageBudgetMs('resignation', articleTimers, 'A'));
    expect(restart).toBeLessThan(outageBudgetMs('service-lost', articleTimers, 'A'));
  });

  it('allows a preemption nothing but the scheduling', () => {
    expect(outageBudgetMs('preemption', articleTimers, 'A')).toBe(200);
  });

  it('allows the first election the Master_Down_Interval of the winner', () => {
    expect(outageBudgetMs('election', articleTimers, 'A')).toBe(3_609.375 + 4 * 500 + 200);
  });
});
