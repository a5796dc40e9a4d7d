/**
 * Rules in rtnetlink: RTM_NEWRULE and RTM_DELRULE as requests. What the kernel says of
 * rules is in rtnetlink-routing.ts, the layout of messages in rtnetlink.ts.
 *
 *      0                   1                   2                   3
 *      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |    Family     |  Dest. length | Source length | Type of serv. |  struct fib_rule_hdr
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |     Table     |           Reserved            |    Action     |
 *     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *     |                             Flags                             |
 */
import type { AddressFamily } from '../model/address.ts';
import type { Rule, RuleAction } from '../model/route.ts';
import {
  attribute,
  concatenated,
  ipOctets,
  networkUint64,
  requestMessage,
  textOctets,
  uint16,
  uint32,
  uint8,
} from './netlink-octets.ts';
import { messageFlag } from './rtnetlink.ts';
import { familyNumber } from './rtnetlink-route.ts';

export const ruleMessageType = { new: 32, deleted: 33, list: 34 } as const; // RTM_*RULE
export const ruleHeaderLength = 12;

/** FRA_* */
export const ruleAttribute = {
  destination: 1,
  source: 2,
  inputInterface: 3,
  goto: 4,
  priority: 6,
  firewallMark: 10,
  realms: 11,
  tunnelId: 12,
  suppressGroup: 13,
  suppressPrefixLength: 14,
  table: 15,
  firewallMask: 16,
  outputInterface: 17,
  l3MasterDevice: 19,
  userRange: 20,
  protocol: 21,
  ipProtocol: 22,
  sourcePorts: 23,
  destinationPorts: 24,
} as const;

/** FR_ACT_* */
export const ruleActionNumber: Readonly<Record<RuleAction['type'], number>> = {
  table: 1,
  goto: 2,
  nop: 3,
  blackhole: 6,
  unreachable: 7,
  prohibit: 8,
};

export const invertedFlag = 2; // FIB_RULE_INVERT

interface RuleRequest {
  readonly sequence: number;
  readonly rule: Rule;
}

/** RTM_NEWRULE: `ip rule add`; refused with EEXIST where there is an equal one. */
export function installRuleMessage({ sequence, rule }: RuleRequest): Uint8Array {
  const { acknowledge, create, exclusive } = messageFlag;
  const flags = acknowledge | create | exclusive;
  return requestMessage({ type: ruleMessageType.new, flags, sequence, body: ruleBody(rule) });
}

/** RTM_DELRULE: `ip rule delete`. */
export function withdrawRuleMessage({ sequence, rule }: RuleRequest): Uint8Array {
  const flags = messageFlag.acknowledge;
  return requestMessage({ type: ruleMessageType.deleted, flags, sequence, body: ruleBody(rule) });
}

/** RTM_GETRULE: all rules of a family. */
export function listRulesMessage(request: {
  readonly sequence: number;
  readonly family: AddressFamily;
}): Uint8Array {
  const header = new Uint8Array(ruleHeaderLength);
  header[0] = familyNumber[request.family];
  const { sequence } = request;
  return requestMessage({
    type: ruleMessageType.list,
    flags: messageFlag.list,
    sequence,
    body: [header],
  });
}

function ruleBody(rule: Rule): readonly Uint8Array[] {
  const { action } = rule;
  const table = action.type === 'table' ? action.table : 0;
  const header = concatenated([
    Uint8Array.of(
      familyNumber[rule.family],
      rule.to?.length ?? 0,
      rule.from?.length ?? 0,
      rule.typeOfService ?? 0,
      table < 256 ? table : 0,
      0,
      0,
      ruleActionNumber[action.type],
    ),
    uint32(rule.inverted ? invertedFlag : 0),
  ]);
  return [header, ...selectors(rule), ...handling(rule, table)];
}

function selectors(rule: Rule): readonly Uint8Array[] {
  const { from, to, inputInterface, outputInterface, firewallMark } = rule;
  const attributes: Uint8Array[] = [];
  if (to !== null && to.length > 0) {
    attributes.push(attribute(ruleAttribute.destination, ipOctets(to.address)));
  }
  if (from !== null && from.length > 0) {
    attributes.push(attribute(ruleAttribute.source, ipOctets(from.address)));
  }
  if (inputInterface !== null) {
    attributes.push(attribute(ruleAttribute.inputInterface, textOctets(inputInterface)));
  }
  if (outputInterface !== null) {
    attributes.push(attribute(ruleAttribute.outputInterface, textOctets(outputInterface)));
  }
  if (firewallMark !== null) {
    attributes.push(attribute(ruleAttribute.firewallMark, uint32(firewallMark.mark)));
    if (firewallMark.mask !== null) {
      attributes.push(attribute(ruleAttribute.firewallMask, uint32(firewallMark.mask)));
    }
  }
  if (rule.tunnelId !== null) {
    attributes.push(attribute(ruleAttribute.tunnelId, networkUint64(rule.tunnelId)));
  }
  if (rule.l3MasterDevice) attributes.push(attribute(ruleAttribute.l3MasterDevice, uint8(1)));
  if (rule.userRange !== null) {
    const { first, last } = rule.userRange;
    attributes.push(attribute(ruleAttribute.userRange, uint32(first), uint32(last)));
  }
  if (rule.ipProtocol !== null) {
    attributes.push(attribute(ruleAttribute.ipProtocol, uint8(rule.ipProtocol)));
  }
  attributes.push(...ports(ruleAttribute.sourcePorts, rule.sourcePorts));
  attributes.push(...ports(ruleAttribute.destinationPorts, rule.destinationPorts));
  return attributes;
}

function ports(type: number, range: Rule['sourcePorts']): readonly Uint8Array[] {
  return range === null ? [] : [attribute(type, uint16(range.first), uint16(range.last))];
}

function handling(rule: Rule, table: number): readonly Uint8Array[] {
  const { action, priority, protocol, realms, suppressPrefixLength, suppressGroup } = rule;
  const attributes = [
    attribute(ruleAttribute.priority, uint32(priority)),
    attribute(ruleAttribute.protocol, uint8(protocol)),
  ];
  if (action.type === 'table') attributes.push(attribute(ruleAttribute.table, uint32(table)));
  if (action.type === 'goto') {
    attributes.push(attribute(ruleAttribute.goto, uint32(action.priority)));
  }
  if (realms !== null) attributes.push(attribute(ruleAttribute.realms, uint32(realms)));
  if (suppressPrefixLength !== null) {
    const length = uint32(suppressPrefixLength);
    attributes.push(attribute(ruleAttribute.suppressPrefixLength, length));
  }
  if (suppressGroup !== null) {
    attributes.push(attribute(ruleAttribute.suppressGroup, uint32(suppressGroup)));
  }
  return attributes;
}
