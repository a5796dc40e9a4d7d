/**
 * nftables by nfnetlink: a batch of messages that the kernel carries out wholly or not
 * at all. Each message is a netlink header, struct nfgenmsg (the family, a version, a
 * resource id), and attributes in network order. A rule is a list of expressions that
 * load something into a register, compare what is in one, or give a verdict; the first
 * comparison that fails ends the rule.
 *
 * Values compared and looked up are octets as they are in the packet; what the kernel
 * itself knows (interface indexes) is in the order of the host.
 */
import { NetlinkWriter } from './netlink-writer.ts';
import { messageFlag } from './rtnetlink.ts';

/** `inet`: packets of IPv4 and IPv6; `netdev`: frames of one interface. */
export type TableFamily = 'inet' | 'netdev';

export type Hook = 'input' | 'output';

export interface ChainDefinition {
  readonly name: string;
  readonly hook: Hook;
  readonly priority: number;
}

/** A set of keys; `types` are those of the parts that a key consists of. */
export interface SetDefinition {
  readonly name: string;
  readonly types: readonly SetType[];
  readonly keys: readonly Uint8Array[];
}

export type SetType = 'ipv4_addr' | 'ipv6_addr' | 'ifname' | 'iface_index';

export interface RuleDefinition {
  readonly chain: string;
  readonly expressions: readonly Expression[];
}

export interface TableDefinition {
  readonly family: TableFamily;
  readonly name: string;
  readonly chains: readonly ChainDefinition[];
  readonly sets: readonly SetDefinition[];
  readonly rules: readonly RuleDefinition[];
}

/** Registers hold 16 octets each. A key of several parts lies in neighbouring ones. */
export type Register = 1 | 2 | 3 | 4;

export type MetaKey = 'family' | 'protocol' | 'iif' | 'oif' | 'iifname' | 'oifname';

export type Expression =
  | { readonly type: 'meta'; readonly key: MetaKey; readonly into: Register }
  | {
      readonly type: 'payload';
      readonly base: 'link' | 'network' | 'transport';
      readonly offset: number;
      readonly length: number;
      readonly into: Register;
    }
  | {
      readonly type: 'compare';
      readonly how: 'equal' | 'at-least' | 'at-most';
      readonly register: Register;
      readonly value: Uint8Array;
    }
  | { readonly type: 'look-up'; readonly set: string; readonly register: Register }
  | { readonly type: 'counter' }
  | { readonly type: 'verdict'; readonly verdict: 'drop' | 'accept' };

/** What a batch takes of sequence numbers at most is told with it. */
export interface Batch {
  readonly octets: Uint8Array;
  readonly messages: number;
}

const subsystem = 10 << 8; // NFNL_SUBSYS_NFTABLES
const type = {
  batchBegin: 16, // NFNL_MSG_BATCH_BEGIN
  batchEnd: 17, // NFNL_MSG_BATCH_END
  newTable: subsystem | 0, // NFT_MSG_NEWTABLE
  deleteTable: subsystem | 2, // NFT_MSG_DELTABLE
  newChain: subsystem | 3, // NFT_MSG_NEWCHAIN
  newRule: subsystem | 6, // NFT_MSG_NEWRULE
  newSet: subsystem | 9, // NFT_MSG_NEWSET
  newElements: subsystem | 12, // NFT_MSG_NEWSETELEM
} as const;
const append = 0x800; // NLM_F_APPEND
const familyNumber = { inet: 1, netdev: 5 } as const; // NFPROTO_INET, NFPROTO_NETDEV
const hookNumber = { input: 1, output: 3 } as const; // NF_INET_LOCAL_IN, NF_INET_LOCAL_OUT

const tableAttribute = { name: 1 } as const;
const chainAttribute = { table: 1, name: 3, hook: 4, policy: 5, type: 7 } as const;
const hookAttribute = { number: 1, priority: 2 } as const;
const setAttribute = {
  table: 1,
  name: 2,
  flags: 3,
  keyType: 4,
  keyLength: 5,
  id: 10,
  userData: 13,
} as const;
const elementsAttribute = { table: 1, set: 2, elements: 3, setId: 4 } as const;
const elementAttribute = { key: 1 } as const;
const ruleAttribute = { table: 1, chain: 2, expressions: 4 } as const;
const expressionAttribute = { name: 1, data: 2 } as const;
const listItem = 1; // NFTA_LIST_ELEM
const dataAttribute = { value: 1, verdict: 2 } as const;
const verdictCode = { attribute: 1, drop: 0, accept: 1 } as const;
const acceptPolicy = 1; // NF_ACCEPT

const metaNumber: Readonly<Record<MetaKey, number>> = {
  iif: 4,
  oif: 5,
  iifname: 6,
  oifname: 7,
  family: 15, // NFT_META_NFPROTO
  protocol: 16, // NFT_META_L4PROTO
};
const payloadBase = { link: 0, network: 1, transport: 2 } as const;
const comparison = { equal: 0, 'at-most': 3, 'at-least': 5 } as const;

/** nft's numbers of types, which the kernel keeps for it, and their lengths in octets. */
const setType: Readonly<
  Record<SetType, { readonly number: number; readonly length: number; readonly hostOrder: boolean }>
> = {
  ipv4_addr: { number: 7, length: 4, hostOrder: false },
  ipv6_addr: { number: 8, length: 16, hostOrder: false },
  iface_index: { number: 20, length: 4, hostOrder: true },
  ifname: { number: 41, length: 16, hostOrder: true },
};
const typeBits = 6;

/** So many keys in one message: an attribute has at most 64 KiB. */
const keysAtOnce = 512;

/**
 * `flush`, then everything anew, in one batch: the table says exactly this from one packet
 * to the next. Null: there is to be no such table; that there is none already is no error.
 */
export function emitReplaceTable(
  firstSequence: number,
  table: Pick<TableDefinition, 'family' | 'name'>,
  content: TableDefinition | null,
): Batch {
  const emitter = new BatchEmitter(firstSequence, table);
  emitter.batchEdge(type.batchBegin);
  // Made first, so that there is one to delete.
  emitter.table(type.newTable);
  emitter.table(type.deleteTable);
  if (content !== null) {
    emitter.table(type.newTable);
    for (const chain of content.chains) emitter.chain(chain);
    for (const [place, set] of content.sets.entries()) emitter.set(set, place + 1);
    for (const rule of content.rules) emitter.rule(rule);
  }
  emitter.batchEdge(type.batchEnd);
  return emitter.finish();
}

/** What nft keeps with a set, to show its keys: a note of type 0, 4 octets: their order. */
function keyOrder(types: readonly SetType[]): Uint8Array {
  const [only, another] = types;
  if (only === undefined || another !== undefined) return Uint8Array.of(0, 4, 0, 0, 0, 0);
  return Uint8Array.of(0, 4, setType[only].hostOrder ? 1 : 2, 0, 0, 0);
}

class BatchEmitter {
  readonly #writer = new NetlinkWriter();
  readonly #firstSequence: number;
  readonly #table: Pick<TableDefinition, 'family' | 'name'>;
  #messages = 0;

  constructor(firstSequence: number, table: Pick<TableDefinition, 'family' | 'name'>) {
    this.#firstSequence = firstSequence;
    this.#table = table;
  }

  finish(): Batch {
    return { octets: this.#writer.finish(), messages: this.#messages };
  }

  batchEdge(edge: number): void {
    const sequence = this.#firstSequence + this.#messages;
    this.#messages += 1;
    const resource = subsystem >> 8;
    const header = Uint8Array.of(0, 0, 0, resource);
    const head = { type: edge, flags: messageFlag.request, sequence };
    this.#writer.message(head, header, () => undefined);
  }

  table(message: number): void {
    this.#message(message, messageFlag.create, tableAttribute.name, () => undefined);
  }

  chain({ name, hook, priority }: ChainDefinition): void {
    const writer = this.#writer;
    this.#message(type.newChain, messageFlag.create, chainAttribute.table, () => {
      writer.text(chainAttribute.name, name);
      writer.text(chainAttribute.type, 'filter');
      writer.networkNumber32(chainAttribute.policy, acceptPolicy);
      writer.nested(chainAttribute.hook, () => {
        writer.networkNumber32(hookAttribute.number, hookNumber[hook]);
        writer.networkNumber32(hookAttribute.priority, priority);
      });
    });
  }

  set({ name, types, keys }: SetDefinition, id: number): void {
    const writer = this.#writer;
    this.#message(type.newSet, messageFlag.create, setAttribute.table, () => {
      writer.text(setAttribute.name, name);
      writer.networkNumber32(setAttribute.flags, 0);
      const keyType = types.reduce((all, one) => (all << typeBits) | setType[one].number, 0);
      writer.networkNumber32(setAttribute.keyType, keyType);
      const length = types.reduce((all, one) => all + setType[one].length, 0);
      writer.networkNumber32(setAttribute.keyLength, length);
      writer.networkNumber32(setAttribute.id, id);
      writer.attribute(setAttribute.userData, keyOrder(types));
    });
    for (let start = 0; start < keys.length; start += keysAtOnce) {
      this.#elements(name, id, keys.slice(start, start + keysAtOnce));
    }
  }

  rule({ chain, expressions }: RuleDefinition): void {
    const writer = this.#writer;
    this.#message(type.newRule, messageFlag.create | append, ruleAttribute.table, () => {
      writer.text(ruleAttribute.chain, chain);
      writer.nested(ruleAttribute.expressions, () => {
        for (const expression of expressions) {
          writer.nested(listItem, () => {
            this.#expression(expression);
          });
        }
      });
    });
  }

  #elements(name: string, id: number, keys: readonly Uint8Array[]): void {
    const writer = this.#writer;
    this.#message(type.newElements, messageFlag.create, elementsAttribute.table, () => {
      writer.text(elementsAttribute.set, name);
      writer.networkNumber32(elementsAttribute.setId, id);
      writer.nested(elementsAttribute.elements, () => {
        for (const key of keys) {
          writer.nested(listItem, () => {
            writer.nested(elementAttribute.key, () => {
              writer.attribute(dataAttribute.value, key);
            });
          });
        }
      });
    });
  }

  #expression(expression: Expression): void {
    const writer = this.#writer;
    const named = (name: string, data: () => void): void => {
      writer.text(expressionAttribute.name, name);
      writer.nested(expressionAttribute.data, data);
    };
    switch (expression.type) {
      case 'meta':
        named('meta', () => {
          writer.networkNumber32(2, metaNumber[expression.key]); // NFTA_META_KEY
          writer.networkNumber32(1, expression.into); // NFTA_META_DREG
        });
        return;
      case 'payload':
        named('payload', () => {
          writer.networkNumber32(1, expression.into); // NFTA_PAYLOAD_DREG
          writer.networkNumber32(2, payloadBase[expression.base]); // NFTA_PAYLOAD_BASE
          writer.networkNumber32(3, expression.offset); // NFTA_PAYLOAD_OFFSET
          writer.networkNumber32(4, expression.length); // NFTA_PAYLOAD_LEN
        });
        return;
      case 'compare':
        named('cmp', () => {
          writer.networkNumber32(1, expression.register); // NFTA_CMP_SREG
          writer.networkNumber32(2, comparison[expression.how]); // NFTA_CMP_OP
          writer.nested(3, () => {
            writer.attribute(dataAttribute.value, expression.value); // NFTA_CMP_DATA
          });
        });
        return;
      case 'look-up':
        named('lookup', () => {
          writer.networkNumber32(2, expression.register); // NFTA_LOOKUP_SREG
          writer.text(1, expression.set); // NFTA_LOOKUP_SET
        });
        return;
      case 'counter':
        named('counter', () => undefined);
        return;
      case 'verdict':
        named('immediate', () => {
          writer.networkNumber32(1, 0); // NFTA_IMMEDIATE_DREG: the verdict's register
          writer.nested(2, () => {
            writer.nested(dataAttribute.verdict, () => {
              writer.networkNumber32(verdictCode.attribute, verdictCode[expression.verdict]);
            });
          });
        });
    }
  }

  /** A message about the table, whose name is its first attribute. */
  #message(message: number, flags: number, tableName: number, attributes: () => void): void {
    const { family, name } = this.#table;
    const sequence = this.#firstSequence + this.#messages;
    this.#messages += 1;
    const asked = messageFlag.request | messageFlag.acknowledge;
    const header = Uint8Array.of(familyNumber[family], 0, 0, 0);
    this.#writer.message({ type: message, flags: asked | flags, sequence }, header, () => {
      this.#writer.text(tableName, name);
      attributes();
    });
  }
}
