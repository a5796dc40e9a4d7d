/** A configuration, and what the kernel of a host holds because of it. */
export interface Row {
  readonly title: string;
  /** What is done with `ip` before Baton starts. */
  readonly prepared?: readonly string[];
  /** keepalived.conf; ROLE stands for the state, priority and interval of an instance. */
  readonly configuration: string;
  /** The priority of the Master; an owner (255) is Master at once. */
  readonly priority?: number;
  /** What is there while it is Backup, and while it is Master. */
  readonly always?: readonly string[];
  /** What is there in addition while it is Master; a line that goes then begins with "- ". */
  readonly master: readonly string[];
}

/** A second interface, with a cable to a third one, both up and without addresses. */
export const secondInterface = [
  'link add d0 index 20 type veth peer name d1 index 21',
  'link set d0 addrgenmode none',
  'link set d1 addrgenmode none',
  'link set d1 up',
  'link set d0 up',
] as const;
