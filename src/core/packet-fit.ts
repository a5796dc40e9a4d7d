/** Which virtual router a packet is for: several may have the same VRID on one interface. */
import { isMulticast, type IpAddress } from '../model/address.ts';
import type { AdvertChannel } from '../model/channel.ts';
import type { InstanceConfig } from '../model/config.ts';
import { channelOf } from './router.ts';

/** How well a packet fits a virtual router, from not at all to in every way. */
const fits = { not: 0, place: 1, kind: 2, whole: 3 } as const;
type Fit = (typeof fits)[keyof typeof fits];

/** What a packet says of where it belongs. */
export interface PacketLabel {
  readonly channel: AdvertChannel;
  readonly virtualRouterId: number;
  /** Null: not known. */
  readonly source: IpAddress | null;
  readonly destination: IpAddress | null;
}

function fitOf(config: InstanceConfig, label: PacketLabel): Fit {
  const { channel, virtualRouterId, source, destination } = label;
  const own = channelOf(config);
  const addressed =
    config.virtualRouterId === virtualRouterId &&
    own.interface === channel.interface &&
    own.family === channel.family;
  if (!addressed) return fits.not;
  const { transport } = config;
  const group = transport.type === 'multicast' ? transport.group : null;
  const sameKind =
    destination === null || (group === null ? !isMulticast(destination) : destination === group);
  if (!sameKind || own.protocol !== channel.protocol) return fits.place;
  // Several may have this VRID if they have different peers.
  const expected =
    transport.type === 'multicast' ||
    source === null ||
    transport.peers.some(({ address }) => address === source);
  return expected ? fits.whole : fits.kind;
}

/** What fits a packet best: the first that does in every way, else the first of the nearest. */
export function bestFit<Candidate>(
  candidates: Iterable<Candidate>,
  label: PacketLabel,
  configOf: (candidate: Candidate) => InstanceConfig,
): Candidate | undefined {
  let nearest: Candidate | undefined;
  let best: number = fits.not;
  for (const candidate of candidates) {
    const fit = fitOf(configOf(candidate), label);
    if (fit === fits.whole) return candidate;
    if (fit > best) [nearest, best] = [candidate, fit];
  }
  return nearest;
}
