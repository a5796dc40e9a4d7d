/** What each word of an address line makes of the address in the kernel. */
import { secondInterface, type Row } from './held-row.ts';

export const addressRows: readonly Row[] = [
  {
    title: 'of IPv4, with each word of their lines',
    prepared: secondInterface,
    configuration: `
vrrp_instance VI_1 {
    ROLE
    interface eth0
    virtual_router_id 51
    virtual_ipaddress {
        192.0.2.5
        192.0.2.6/24
        192.0.2.7/24 brd +
        192.0.2.8/24 brd -
        192.0.2.9/24 brd 192.0.2.200
        198.51.100.1/24 dev d0
        233.252.0.1/24 dev d0 scope link
        198.51.100.3/24 dev d0 label d0:three
        198.51.100.4 peer 198.51.100.5/32 dev d0
        203.0.113.1/24 dev d0 noprefixroute no_track
        203.0.113.2/32 dev d0 preferred_lft forever
    }
}
`,
    master: [
      'd0 198.51.100.1/24',
      'd0 198.51.100.3/24 label d0:three secondary',
      'd0 198.51.100.4 peer 198.51.100.5/32',
      'd0 203.0.113.1/24 noprefixroute',
      'd0 203.0.113.2/32',
      'd0 233.252.0.1/24 scope link',
      'eth0 192.0.2.5/32',
      'eth0 192.0.2.6/24 secondary',
      'eth0 192.0.2.7/24 brd 192.0.2.255 secondary',
      'eth0 192.0.2.8/24 brd 192.0.2.0 secondary',
      'eth0 192.0.2.9/24 brd 192.0.2.200 secondary',
    ],
  },
  {
    title: 'of IPv6, with each word of their lines',
    configuration: `
vrrp_instance VI_1 {
    ROLE
    interface eth0
    virtual_router_id 51
    virtual_ipaddress {
        fe80::5
        2001:db8::5
        2001:db8::6/64
        2001:db8::7/64 home
        2001:db8::8/64 noprefixroute
        2001:db8::9/64 mngtmpaddr
        2001:db8::a/64 -nodad
        2001:db8::b/128 preferred_lft forever
        2001:db8:1::1/64 dev d0 preferred_lft 0
        2001:db8:1::2 peer 2001:db8:1::3/128 dev d0
    }
}
`,
    prepared: [...secondInterface, 'address add fe80::1/64 dev eth0 nodad'],
    master: [
      'd0 2001:db8:1::1/64 nodad deprecated',
      'd0 2001:db8:1::2 peer 2001:db8:1::3/128 nodad deprecated',
      'eth0 2001:db8::5/128 nodad deprecated',
      'eth0 2001:db8::6/64 nodad',
      'eth0 2001:db8::7/64 nodad home',
      'eth0 2001:db8::8/64 nodad noprefixroute',
      'eth0 2001:db8::9/64 nodad mngtmpaddr',
      'eth0 2001:db8::a/64',
      'eth0 2001:db8::b/128 nodad',
      'eth0 fe80::5/128 scope link nodad deprecated',
    ],
  },
  {
    title: 'that adverts do not list, of both families and on other interfaces',
    prepared: secondInterface,
    configuration: `
vrrp_instance VI_1 {
    ROLE
    interface eth0
    virtual_router_id 51
    virtual_ipaddress {
        192.0.2.5
    }
    virtual_ipaddress_excluded {
        192.0.2.6/24
        198.51.100.1/24 dev d0
        2001:db8::6/64 dev d0
        233.252.0.1/32 dev d0 autojoin
        2001:db8::7/64
    }
}
`,
    master: [
      'd0 198.51.100.1/24',
      'd0 2001:db8::6/64 nodad',
      'd0 233.252.0.1/32 autojoin',
      'eth0 192.0.2.5/32',
      'eth0 192.0.2.6/24 secondary',
      'eth0 2001:db8::7/64 nodad',
    ],
  },
  {
    title: 'of macvlans of their own',
    configuration: `
vrrp_instance VI_1 {
    ROLE
    interface eth0
    virtual_router_id 51
    virtual_ipaddress {
        192.0.2.5/24 use_vmac
        192.0.2.6/24 use_vmac own 02:00:5e:00:00:06
        192.0.2.7/24
    }
    virtual_ipaddress_excluded {
        192.0.2.8/24 use_vmac
    }
}
`,
    always: [
      'link own macvlan private on eth0 02:00:5e:00:00:06 group default',
      'link vrrp.51 macvlan private on eth0 00:00:5e:00:01:33 group default',
      'nft chain input priority -1',
      'nft chain output priority -1',
      'nft rule output @quiet drop',
      'nft table keepalived',
      'nft set quiet [own,vrrp.51]',
      'sysctl eth0 arp_filter 1',
      'sysctl eth0 arp_ignore 1',
    ],
    master: [
      'eth0 192.0.2.7/24 secondary',
      'own 192.0.2.6/24',
      'vrrp.51 192.0.2.5/24',
      'vrrp.51 192.0.2.8/24 secondary',
    ],
  },
  {
    title: 'that are static, or not in adverts, with each word of their lines',
    prepared: secondInterface,
    configuration: `
global_defs {
    default_interface eth0
}
static_ipaddress {
    198.51.10.20/24 dev eth0 brd + scope link label eth0:st
    198.51.100.20 peer 198.51.100.21/32 dev d0 no_track
    203.0.113.20/24 dev d0 noprefixroute
    233.252.0.20/32 dev d0 autojoin
    2001:db8:20::1/64 dev d0 home mngtmpaddr -nodad preferred_lft 0
    192.0.2.22/24
}
vrrp_instance VI_1 {
    ROLE
    interface eth0
    virtual_router_id 51
    virtual_ipaddress {
        192.0.2.5
        233.252.0.5/32 dev d0 autojoin
    }
    virtual_ipaddress_excluded {
        198.51.11.30/24 dev eth0 brd + scope link label eth0:ex
        198.51.100.30 peer 198.51.100.31/32 dev d0 no_track
        203.0.113.30/24 dev d0 noprefixroute
        233.252.0.30/32 dev d0 autojoin
        2001:db8:30::1/64 dev d0 home mngtmpaddr -nodad preferred_lft 0
    }
}
`,
    always: [
      'd0 198.51.100.20 peer 198.51.100.21/32',
      'd0 2001:db8:20::1/64 home mngtmpaddr deprecated',
      'd0 203.0.113.20/24 noprefixroute',
      'd0 233.252.0.20/32 autojoin',
      'eth0 192.0.2.22/24 secondary',
      'eth0 198.51.10.20/24 brd 198.51.10.255 scope link label eth0:st',
    ],
    master: [
      'd0 198.51.100.30 peer 198.51.100.31/32',
      'd0 2001:db8:30::1/64 home mngtmpaddr deprecated',
      'd0 203.0.113.30/24 secondary noprefixroute',
      'd0 233.252.0.30/32 autojoin',
      'd0 233.252.0.5/32 autojoin',
      'eth0 192.0.2.5/32',
      'eth0 198.51.11.30/24 brd 198.51.11.255 scope link label eth0:ex',
    ],
  },
];
