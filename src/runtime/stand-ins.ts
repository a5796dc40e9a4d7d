/**
 * Secrets as they stand in a recording: passwords and keys are replaced, each by the same
 * stand-in wherever it occurs, in configurations, adverts and effects alike.
 *
 * That changes nothing about what the core decides. It asks of a secret only whether it is the
 * same as another, and what is replaced is the same exactly where the secrets were. The
 * checks that need the keys themselves (AH, HMAC) have been made when the core hears of an
 * advert: what it is told is their verdict.
 */
import type { Advert } from '../model/advert.ts';
import type { Authentication, Config, HmacConfig, InstanceConfig } from '../model/config.ts';
import type { CoreEvent } from '../model/core-event.ts';
import type { Effect, SendAdvert } from '../model/effect.ts';
import type { OpenSideChannel } from '../model/side-effect.ts';

/** In an advert a password is 8 octets, in hexadecimal. */
const dataHexLength = 16;
const noData = '0'.repeat(dataHexLength);

/** For passwords that others send and this host has never had; no stand-in is like it. */
const foreignData = hexOf('foreign!');

export class StandIns {
  /** By secret. Data and keys are hexadecimal digits, passwords are text. */
  private readonly data = new Map<string, string>([[noData, noData]]);
  private readonly passwords = new Map<string, string>();
  private readonly keys = new Map<string, string>();
  private count = 0;

  config(config: Config): Config {
    const { sideChannel } = config;
    return {
      ...config,
      instances: config.instances.map((instance) => this.instance(instance)),
      sideChannel: sideChannel && { ...sideChannel, key: this.key(sideChannel.key) },
    };
  }

  event(event: CoreEvent): CoreEvent {
    if (event.type === 'config-replaced') return { ...event, config: this.config(event.config) };
    if (event.type !== 'advert-received') return event;
    const advert = this.advert(event.advert);
    return advert === event.advert ? event : { ...event, advert };
  }

  effects(effects: readonly Effect[]): readonly Effect[] {
    const secret = ({ type }: Effect): boolean =>
      type === 'send-advert' || type === 'prepare-lease' || type === 'open-side-channel';
    if (!effects.some(secret)) return effects;
    return effects.map((effect) => {
      if (effect.type === 'send-advert') return this.sent(effect);
      if (effect.type === 'prepare-lease') return { ...effect, advert: this.advert(effect.advert) };
      return effect.type === 'open-side-channel' ? this.opened(effect) : effect;
    });
  }

  private instance(instance: InstanceConfig): InstanceConfig {
    const { authentication, hmac } = instance;
    if (authentication.type === 'none' && hmac === null) return instance;
    return {
      ...instance,
      authentication: this.authentication(authentication),
      hmac: hmac === null ? null : this.hmac(hmac),
    };
  }

  private authentication(authentication: Authentication): Authentication {
    if (authentication.type === 'none') return authentication;
    return { ...authentication, password: this.password(authentication.password) };
  }

  private hmac(hmac: HmacConfig): HmacConfig {
    return { ...hmac, keys: hmac.keys.map(({ id, key }) => ({ id, key: this.key(key) })) };
  }

  private sent(effect: SendAdvert): SendAdvert {
    const { authenticationHeader: header, hmac } = effect;
    return {
      ...effect,
      advert: this.advert(effect.advert),
      authenticationHeader: header === null ? null : { ...header, key: this.dataOf(header.key) },
      hmac: hmac === null ? null : { ...hmac, key: this.key(hmac.key) },
    };
  }

  private opened(effect: OpenSideChannel): OpenSideChannel {
    const { channel, secrets } = effect;
    return {
      ...effect,
      channel: { ...channel, key: this.key(channel.key) },
      secrets: secrets.map(({ instance, authentication, hmacKeys }) => ({
        instance,
        authentication: this.authentication(authentication),
        hmacKeys: hmacKeys.map(({ id, key }) => ({ id, key: this.key(key) })),
      })),
    };
  }

  private advert(advert: Advert): Advert {
    if (advert.version === 3) return advert;
    const { authentication } = advert;
    const data = this.dataOf(authentication.data);
    if (data === authentication.data) return advert;
    return { ...advert, authentication: { ...authentication, data } };
  }

  private dataOf(data: string): string {
    return this.data.get(data) ?? foreignData;
  }

  /** Only its first 8 octets are ever sent; further ones tell two configurations apart. */
  private password(password: string): string {
    const known = this.passwords.get(password);
    if (known !== undefined) return known;
    const data = hexOf(password).slice(0, dataHexLength).padEnd(dataHexLength, '0');
    // Nothing but zeros is no secret, and stands in adverts that carry no password too.
    if (data === noData) return password;
    const taken = this.data.get(data);
    const standIn = taken === undefined ? this.next() : `${textOf(taken)}-${this.next()}`;
    if (taken === undefined) this.data.set(data, hexOf(standIn));
    this.passwords.set(password, standIn);
    return standIn;
  }

  private key(key: string): string {
    let standIn = this.keys.get(key);
    if (standIn === undefined) {
      standIn = hexOf(this.next());
      this.keys.set(key, standIn);
    }
    return standIn;
  }

  /** 8 octets that no other stand-in has. */
  private next(): string {
    this.count += 1;
    return `hush${this.count.toString(36).padStart(4, '0')}`;
  }
}

function hexOf(text: string): string {
  return Buffer.from(text, 'utf8').toString('hex');
}

function textOf(hex: string): string {
  return Buffer.from(hex, 'hex').toString('utf8');
}
