/** Picks from a daemon's log what belongs in the timeline. */

/** Time stamps and program names in front of the text, as the daemons put them there. */
const prefix = /^(?:\w{3} \w{3} +\d+ [\d:]+ \d{4}: |\S*\d\d:\d\d:\d\d\S* )?(?:\w+\[\d+\]: )?/;

const ofInterest =
  /Entering \w+ STATE|priority (?:advert|from)|Netlink reports|service|nginx|Script `|VRRP_Script/i;

/** The text of a line that tells of a transition or of the service; null for all others. */
export function timelineText(line: string): string | null {
  const text = line.replace(prefix, '');
  return ofInterest.test(text) ? text : null;
}
