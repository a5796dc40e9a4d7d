/**
 * The expressions that nftables rules consist of. Each loads something into a register,
 * compares or looks up what is in one, or gives a verdict; the first comparison or look-up
 * that fails ends the rule. Each is an attribute list of its own: NFTA_EXPR_NAME, NFTA_EXPR_DATA.
 */
import type { Duration } from '../base/units.ts';
import { toMilliseconds } from '../base/units.ts';
import type { NetlinkWriter } from './netlink-writer.ts';

/**
 * 1 to 4 hold 16 octets each, 8 to 23 hold 4 octets each of the same memory. A key of several
 * parts lies in neighbouring ones.
 */
export type Register =
  1 | 2 | 3 | 4 | 8 | 9 | 10 | 11 | 12 | 13 | 14 | 15 | 16 | 17 | 18 | 19 | 20 | 21 | 22 | 23;

export type MetaKey = 'ether-type' | 'family' | 'protocol' | 'iif' | 'oif' | 'iifname' | 'oifname';

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
      readonly how: 'equal' | 'at-least' | 'at-most' | 'greater';
      readonly register: Register;
      readonly value: Uint8Array;
    }
  | {
      readonly type: 'look-up';
      readonly set: string;
      readonly register: Register;
      /** Of a map: does what it says of the key. */
      readonly act?: boolean;
      /** Goes on only where the key is not there. */
      readonly absent?: boolean;
    }
  /** Puts the key in `register` into the set, or renews it: it lives for `timeout` from now on. */
  | {
      readonly type: 'renew';
      readonly set: string;
      readonly register: Register;
      readonly timeout: Duration;
    }
  /** Takes the key in `register` out of the set, if it is there. */
  | { readonly type: 'forget'; readonly set: string; readonly register: Register }
  /** Loads these octets. */
  | { readonly type: 'load'; readonly into: Register; readonly value: Uint8Array }
  | { readonly type: 'counter' }
  | { readonly type: 'verdict'; readonly verdict: 'drop' | 'accept' }
  /** `goto`: does not come back. */
  | { readonly type: 'jump' | 'goto'; readonly chain: string };

const expressionAttribute = { name: 1, data: 2 } as const;
export const dataAttribute = { value: 1, verdict: 2 } as const;
const verdictAttribute = { code: 1, chain: 2 } as const;
const verdictCode = { drop: 0, accept: 1, jump: -3, goto: -4 } as const;
const verdictRegister = 0; // NFT_REG_VERDICT
const updateElement = 1; // NFT_DYNSET_OP_UPDATE
const deleteElement = 2; // NFT_DYNSET_OP_DELETE
const inverted = 1; // NFT_LOOKUP_F_INV

const metaNumber: Readonly<Record<MetaKey, number>> = {
  'ether-type': 1, // NFT_META_PROTOCOL
  iif: 4,
  oif: 5,
  iifname: 6,
  oifname: 7,
  family: 15, // NFT_META_NFPROTO
  protocol: 16, // NFT_META_L4PROTO
};
const payloadBase = { link: 0, network: 1, transport: 2 } as const;
const comparison = { equal: 0, 'at-most': 3, greater: 4, 'at-least': 5 } as const;

/** Writes one expression into the list item that is open. */
export function writeExpression(writer: NetlinkWriter, expression: Expression): void {
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
        // NFTA_LOOKUP_DREG, NFTA_LOOKUP_FLAGS
        if (expression.act === true) writer.networkNumber32(3, verdictRegister);
        if (expression.absent === true) writer.networkNumber32(5, inverted);
      });
      return;
    case 'renew':
      named('dynset', () => {
        writer.text(1, expression.set); // NFTA_DYNSET_SET_NAME
        writer.networkNumber32(3, updateElement); // NFTA_DYNSET_OP
        writer.networkNumber32(4, expression.register); // NFTA_DYNSET_SREG_KEY
        writer.networkNumber64(6, toMilliseconds(expression.timeout)); // NFTA_DYNSET_TIMEOUT
      });
      return;
    case 'forget':
      named('dynset', () => {
        writer.text(1, expression.set); // NFTA_DYNSET_SET_NAME
        writer.networkNumber32(3, deleteElement); // NFTA_DYNSET_OP
        writer.networkNumber32(4, expression.register); // NFTA_DYNSET_SREG_KEY
      });
      return;
    case 'load':
      named('immediate', () => {
        writer.networkNumber32(1, expression.into); // NFTA_IMMEDIATE_DREG
        writer.nested(2, () => {
          writer.attribute(dataAttribute.value, expression.value); // NFTA_IMMEDIATE_DATA
        });
      });
      return;
    case 'counter':
      named('counter', () => undefined);
      return;
    case 'verdict':
      writeVerdict(writer, named, () => {
        writer.networkNumber32(verdictAttribute.code, verdictCode[expression.verdict]);
      });
      return;
    case 'jump':
    case 'goto':
      writeVerdict(writer, named, () => {
        writeJump(writer, expression.chain, expression.type);
      });
  }
}

/** The attributes of a verdict that goes through a chain and, if nothing is decided there, on. */
export function writeJump(
  writer: NetlinkWriter,
  chain: string,
  how: 'jump' | 'goto' = 'jump',
): void {
  writer.networkNumber32(verdictAttribute.code, verdictCode[how]);
  writer.text(verdictAttribute.chain, chain);
}

function writeVerdict(
  writer: NetlinkWriter,
  named: (name: string, data: () => void) => void,
  verdict: () => void,
): void {
  named('immediate', () => {
    writer.networkNumber32(1, verdictRegister); // NFTA_IMMEDIATE_DREG
    writer.nested(2, () => {
      writer.nested(dataAttribute.verdict, verdict); // NFTA_IMMEDIATE_DATA
    });
  });
}
