/**
 * nftables by nfnetlink: a batch of messages that the kernel carries out wholly or not
 * at all. Each message is a netlink header, struct nfgenmsg (the family, a version, a
 * resource id), and attributes in network order.
 *
 * Values compared and looked up are octets as they are in the packet; what the kernel
 * itself knows (interface indexes) is in the order of the host.
 */
import type { Duration } from '../base/units.ts';
import { toMilliseconds } from '../base/units.ts';
import type { InterfaceName } from '../model/address.ts';
import { keyLength, keyOrder, keyType, type SetType } from './nftables-keys.ts';
import { ownComment } from './nftables-mark.ts';
import { NetlinkWriter } from './netlink-writer.ts';
import type { Expression } from './nftables-expression.ts';
import { dataAttribute, writeExpression, writeJump } from './nftables-expression.ts';
import { messageFlag } from './rtnetlink.ts';

/** `inet`: packets of IPv4 and IPv6; `netdev`: frames of the interfaces that a chain names. */
export type TableFamily = 'inet' | 'netdev';

/** `input` and `output` are hooks of `inet`, the others of `netdev`. */
export type Hook = 'input' | 'output' | 'ingress' | 'egress';

export interface ChainDefinition {
  readonly name: string;
  /** Null: it is only jumped to. */
  readonly place: ChainPlace | null;
}

export interface ChainPlace {
  readonly hook: Hook;
  readonly priority: number;
  /** Of `netdev`: the interfaces that it is about; all of them have to be there. */
  readonly interfaces?: readonly InterfaceName[];
}

/** A set of keys; `types` are those of the parts that a key consists of. */
export interface SetDefinition {
  readonly name: string;
  readonly types: readonly SetType[];
  /**
   * `map`: each key has a chain to jump to. `timeout`: keys come and go, packets renew them, and
   * each lives for a time of its own.
   */
  readonly kind?: 'plain' | 'map' | 'timeout';
  readonly elements: readonly SetElement[];
}

export interface SetElement {
  readonly key: Uint8Array;
  /** Of a map. */
  readonly jump?: string;
  /** Of a set of kind `timeout`. */
  readonly timeout?: Duration;
}

export interface RuleDefinition {
  readonly chain: string;
  readonly expressions: readonly Expression[];
}

export interface TableDefinition extends TableName {
  readonly chains: readonly ChainDefinition[];
  readonly sets: readonly SetDefinition[];
  readonly rules: readonly RuleDefinition[];
}

export interface TableName {
  readonly family: TableFamily;
  readonly name: string;
}

/** What a batch takes of sequence numbers at most is told with it. */
export interface Batch {
  readonly octets: Uint8Array;
  readonly messages: number;
}

/** A change of a table that is there. A chain goes with its rules, once nothing leads to it. */
export type TableChange =
  | { readonly type: 'add-chain'; readonly chain: ChainDefinition }
  | { readonly type: 'add-rule'; readonly rule: RuleDefinition }
  | { readonly type: 'delete-chain' | 'flush-chain'; readonly name: string }
  | {
      readonly type: 'add-elements' | 'delete-elements';
      readonly set: string;
      readonly elements: readonly SetElement[];
    };

const subsystem = 10 << 8; // NFNL_SUBSYS_NFTABLES
const type = {
  batchBegin: 16, // NFNL_MSG_BATCH_BEGIN
  batchEnd: 17, // NFNL_MSG_BATCH_END
  newTable: subsystem | 0, // NFT_MSG_NEWTABLE
  deleteTable: subsystem | 2, // NFT_MSG_DELTABLE
  newChain: subsystem | 3, // NFT_MSG_NEWCHAIN
  deleteChain: subsystem | 5, // NFT_MSG_DELCHAIN
  newRule: subsystem | 6, // NFT_MSG_NEWRULE
  deleteRule: subsystem | 8, // NFT_MSG_DELRULE
  newSet: subsystem | 9, // NFT_MSG_NEWSET
  newElements: subsystem | 12, // NFT_MSG_NEWSETELEM
  listElements: subsystem | 13, // NFT_MSG_GETSETELEM
  deleteElements: subsystem | 14, // NFT_MSG_DELSETELEM
} as const;
const append = 0x800; // NLM_F_APPEND
export const familyNumber = { inet: 1, netdev: 5 } as const; // NFPROTO_INET, NFPROTO_NETDEV
const hookNumber = {
  input: 1, // NF_INET_LOCAL_IN
  output: 3, // NF_INET_LOCAL_OUT
  ingress: 0, // NF_NETDEV_INGRESS
  egress: 1, // NF_NETDEV_EGRESS, since Linux 5.16
} as const;

const tableAttribute = { name: 1, userData: 6 } as const;

const chainAttribute = { table: 1, name: 3, hook: 4, policy: 5, type: 7 } as const;
const hookAttribute = { number: 1, priority: 2, devices: 4 } as const;
const deviceName = 1; // NFTA_DEVICE_NAME
const setAttribute = {
  table: 1,
  name: 2,
  flags: 3,
  keyType: 4,
  keyLength: 5,
  dataType: 6,
  description: 9,
  id: 10,
  userData: 13,
} as const;
const setFlags = { plain: 0, map: 0x8, timeout: 0x10 | 0x20 } as const; // ..., timeout and dynamic
const setSize = 1; // NFTA_SET_DESC_SIZE
/** Without a size the kernel lets no packet put anything into a set. */
const mostElements = 0xffff;
const elementsAttribute = { table: 1, set: 2, elements: 3, setId: 4 } as const;
const elementAttribute = { key: 1, data: 2, timeout: 4 } as const;
const ruleAttribute = { table: 1, chain: 2, expressions: 4 } as const;
const listItem = 1; // NFTA_LIST_ELEM
const acceptPolicy = 1; // NF_ACCEPT

const verdictType = -0x100; // NFT_DATA_VERDICT

/** So many elements in one message: an attribute has at most 64 KiB. */
const elementsAtOnce = 512;

/**
 * `flush`, then everything anew, in one batch: the table says exactly this from one packet
 * to the next. Null: there is to be no such table; that there is none already is no error.
 */
export function emitReplaceTable(
  firstSequence: number,
  table: TableName,
  content: TableDefinition | null,
  changes: readonly TableChange[] = [],
): Batch {
  const emitter = new BatchEmitter(firstSequence, table);
  emitter.batchEdge(type.batchBegin);
  // Made first, so that there is one to delete.
  emitter.table(type.newTable);
  emitter.table(type.deleteTable);
  if (content !== null) {
    emitter.table(type.newTable, ownComment);
    for (const chain of content.chains) emitter.chain(chain);
    for (const [place, set] of content.sets.entries()) emitter.set(set, place + 1);
    for (const rule of content.rules) emitter.rule(rule);
    for (const change of changes) emitter.change(change);
  }
  return emitter.finishBatch();
}

/** All of the changes in this order, or none: to delete what is not there is an error. */
export function emitChangeTable(
  firstSequence: number,
  table: TableName,
  changes: readonly TableChange[],
): Batch {
  const emitter = new BatchEmitter(firstSequence, table);
  emitter.batchEdge(type.batchBegin);
  for (const change of changes) emitter.change(change);
  return emitter.finishBatch();
}

/** Asks for what is in a set now; what is over is left out. No batch. */
export function emitListElements(sequence: number, table: TableName, set: string): Uint8Array {
  const emitter = new BatchEmitter(sequence, table);
  emitter.list(set);
  return emitter.finish().octets;
}

class BatchEmitter {
  readonly #writer = new NetlinkWriter();
  readonly #firstSequence: number;
  readonly #table: TableName;
  #messages = 0;

  constructor(firstSequence: number, table: TableName) {
    this.#firstSequence = firstSequence;
    this.#table = table;
  }

  /** An error is told of any message; that all is done, of the last one. */
  finishBatch(): Batch {
    this.#writer.acknowledgeLast();
    this.batchEdge(type.batchEnd);
    return this.finish();
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

  table(message: number, comment: Uint8Array | null = null): void {
    this.#message(message, messageFlag.create, tableAttribute.name, () => {
      if (comment !== null) this.#writer.attribute(tableAttribute.userData, comment);
    });
  }

  chain({ name, place }: ChainDefinition): void {
    const writer = this.#writer;
    this.#message(type.newChain, messageFlag.create, chainAttribute.table, () => {
      writer.text(chainAttribute.name, name);
      if (place === null) return;
      writer.text(chainAttribute.type, 'filter');
      writer.networkNumber32(chainAttribute.policy, acceptPolicy);
      writer.nested(chainAttribute.hook, () => {
        writer.networkNumber32(hookAttribute.number, hookNumber[place.hook]);
        writer.networkNumber32(hookAttribute.priority, place.priority);
        if (place.interfaces === undefined) return;
        const { interfaces } = place;
        writer.nested(hookAttribute.devices, () => {
          for (const one of interfaces) writer.text(deviceName, one);
        });
      });
    });
  }

  set({ name, types, kind = 'plain', elements }: SetDefinition, id: number): void {
    const writer = this.#writer;
    this.#message(type.newSet, messageFlag.create, setAttribute.table, () => {
      writer.text(setAttribute.name, name);
      writer.networkNumber32(setAttribute.flags, setFlags[kind]);
      writer.networkNumber32(setAttribute.keyType, keyType(types));
      writer.networkNumber32(setAttribute.keyLength, keyLength(types));
      if (kind === 'map') {
        writer.networkNumber32(setAttribute.dataType, verdictType);
      }
      if (kind === 'timeout') {
        writer.nested(setAttribute.description, () => {
          writer.networkNumber32(setSize, mostElements);
        });
      }
      writer.networkNumber32(setAttribute.id, id);
      writer.attribute(setAttribute.userData, keyOrder(types));
    });
    this.#elements(type.newElements, { name, id }, elements);
  }

  rule({ chain, expressions }: RuleDefinition): void {
    const writer = this.#writer;
    this.#message(type.newRule, messageFlag.create | append, ruleAttribute.table, () => {
      writer.text(ruleAttribute.chain, chain);
      writer.nested(ruleAttribute.expressions, () => {
        for (const expression of expressions) {
          writer.nested(listItem, () => {
            writeExpression(writer, expression);
          });
        }
      });
    });
  }

  change(change: TableChange): void {
    switch (change.type) {
      case 'add-chain':
        this.chain(change.chain);
        return;
      case 'add-rule':
        this.rule(change.rule);
        return;
      case 'delete-chain':
        this.#message(type.deleteChain, 0, chainAttribute.table, () => {
          this.#writer.text(chainAttribute.name, change.name);
        });
        return;
      case 'flush-chain':
        // Without a rule's handle: all of the chain's.
        this.#message(type.deleteRule, 0, ruleAttribute.table, () => {
          this.#writer.text(ruleAttribute.chain, change.name);
        });
        return;
      case 'add-elements':
      case 'delete-elements': {
        const message = change.type === 'add-elements' ? type.newElements : type.deleteElements;
        this.#elements(message, { name: change.set, id: null }, change.elements);
      }
    }
  }

  list(set: string): void {
    const header = Uint8Array.of(familyNumber[this.#table.family], 0, 0, 0);
    const head = {
      type: type.listElements,
      flags: messageFlag.request | messageFlag.list,
      sequence: this.#firstSequence,
    };
    this.#writer.message(head, header, () => {
      this.#writer.text(elementsAttribute.table, this.#table.name);
      this.#writer.text(elementsAttribute.set, set);
    });
  }

  /** `id`: of a set that is made in this batch. */
  #elements(
    message: number,
    { name, id }: { readonly name: string; readonly id: number | null },
    elements: readonly SetElement[],
  ): void {
    for (let start = 0; start < elements.length; start += elementsAtOnce) {
      const some = elements.slice(start, start + elementsAtOnce);
      const flags = message === type.newElements ? messageFlag.create : 0;
      this.#message(message, flags, elementsAttribute.table, () => {
        this.#writer.text(elementsAttribute.set, name);
        if (id !== null) this.#writer.networkNumber32(elementsAttribute.setId, id);
        this.#writer.nested(elementsAttribute.elements, () => {
          for (const element of some) this.#element(element);
        });
      });
    }
  }

  #element({ key, jump, timeout }: SetElement): void {
    const writer = this.#writer;
    writer.nested(listItem, () => {
      writer.nested(elementAttribute.key, () => {
        writer.attribute(dataAttribute.value, key);
      });
      if (jump !== undefined) {
        writer.nested(elementAttribute.data, () => {
          writer.nested(dataAttribute.verdict, () => {
            writeJump(writer, jump);
          });
        });
      }
      if (timeout !== undefined) {
        writer.networkNumber64(elementAttribute.timeout, toMilliseconds(timeout));
      }
    });
  }

  /** A message about the table, whose name is its first attribute. */
  #message(message: number, flags: number, tableName: number, attributes: () => void): void {
    const { family, name } = this.#table;
    const sequence = this.#firstSequence + this.#messages;
    this.#messages += 1;
    const header = Uint8Array.of(familyNumber[family], 0, 0, 0);
    this.#writer.message(
      { type: message, flags: messageFlag.request | flags, sequence },
      header,
      () => {
        this.#writer.text(tableName, name);
        attributes();
      },
    );
  }
}
