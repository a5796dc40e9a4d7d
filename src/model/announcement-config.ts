/** How gratuitous ARPs and unsolicited neighbour advertisements are sent. */
import type { Duration } from '../base/units.ts';
import type { InterfaceName } from './address.ts';

/** How often and when gratuitous ARPs are sent (`garp_master_*`, `garp_lower_prio_*`). */
export interface AnnouncementConfig {
  /** A second burst this long after becoming Master; 0: none. */
  readonly delay: Duration;
  readonly repeat: number;
  /** A refresh this often while Master; 0: none. */
  readonly refresh: Duration;
  readonly refreshRepeat: number;
  readonly lowerPriorityDelay: Duration;
  readonly lowerPriorityRepeat: number;
  /** `garp_extra_if`: how often on the other interfaces that carry addresses; 0: never. */
  readonly extra: Duration;
  /** `all`: on the instance's own interface too. */
  readonly extraOnAll: boolean;
}

/** `garp_group`: pauses between announcements, shared by its interfaces. */
export interface AnnouncementGroupConfig {
  readonly arpInterval: Duration;
  readonly neighbourInterval: Duration;
  /** Null: every interface that is in no other group, each by itself (`vrrp_garp_interval`). */
  readonly interfaces: readonly InterfaceName[] | null;
}
