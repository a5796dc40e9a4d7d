/**
 * Every word of a route and of a rule that this kernel has, in one configuration: those of
 * a Master, or those that are there as long as Baton runs.
 */
import { routeRows } from './route-rows.ts';
import type { RoutingRow } from './routing-row.ts';
import { ruleRows } from './rule-rows.ts';

/** Each with a destination of its own, so that all may be there together. */
export const heldRoutes: readonly RoutingRow[] = routeRows
  .filter(({ refused }) => refused === undefined)
  .map((row, number) => apart(row, (words) => withDestination(words, number)));

/** Each with a priority of its own, in their order; one is left to Baton. */
export const heldRules: readonly RoutingRow[] = ruleRows.map((row, number) =>
  apart(row, (words) => words.replace(/(priority|preference|order) 5\d/, `$1 ${100 + number}`)),
);

function apart(row: RoutingRow, change: (words: string) => string): RoutingRow {
  const { line, ip } = row;
  return { ...row, line: change(line), ...(ip === undefined ? {} : { ip: change(ip) }) };
}

function withDestination(words: string, number: number): string {
  return words
    .replace('10.1.0.0/16', `10.1.${number}.0/24`)
    .replace('2001:db8:1:', `2001:db8:${(0x1000 + number).toString(16)}:`);
}

function lines(rows: readonly RoutingRow[]): string {
  return rows.map(({ line }) => `        ${line}\n`).join('');
}

function instance(blocks: string): string {
  return `vrrp_instance VI_1 {
    state MASTER
    interface eth0
    virtual_router_id 51
    priority 255
    virtual_ipaddress {
        192.0.2.5/24
    }
${blocks}}
`;
}

/** How else a route is put beside others, and what others may do to it: not to be seen here. */
const besideOthers = `        add 10.9.1.0/24 via 192.0.2.2
        append 10.9.2.0/24 via 192.0.2.2 no_track
        prepend 10.9.3.0/24 via 192.0.2.2
`;

export const besideOthersRoutes: readonly string[] = [
  '10.9.1.0/24',
  '10.9.2.0/24',
  '10.9.3.0/24',
].map((destination) => `protocol 112 ${destination} via 192.0.2.2`);

export const virtualRouting = instance(`    virtual_routes {
${lines(heldRoutes)}${besideOthers}    }
    virtual_rules {
${lines(heldRules)}    }
`);

export const staticRouting = `static_routes {
${lines(heldRoutes)}${besideOthers}}
static_rules {
${lines(heldRules)}}
${instance('')}`;
