/** What virtual MAC addresses, routes, rules and fixed things make of a host. */
import { secondInterface, type Row } from './held-row.ts';

export const interfaceRows: readonly Row[] = [
  {
    title: 'a macvlan of the instance (use_vmac), without Accept_Mode',
    priority: 254,
    configuration: `
vrrp_instance VI_1 {
    ROLE
    interface eth0
    virtual_router_id 51
    use_vmac
    no_accept
    virtual_ipaddress {
        192.0.2.5/24
    }
}
`,
    always: [
      'link vrrp.51 macvlan private on eth0 00:00:5e:00:01:33 group default',
      'nft chain input priority -1',
      'nft chain output priority -1',
      'nft rule output @quiet drop',
      'nft table keepalived',
      'nft set quiet [vrrp.51]',
      'nft rule input @unaccepted drop',
      'nft rule output @unaccepted drop',
      'nft set unaccepted [192.0.2.5]',
      'sysctl eth0 arp_filter 1',
      'sysctl eth0 arp_ignore 1',
    ],
    master: ['vrrp.51 192.0.2.5/24'],
  },
  {
    title: 'a macvlan with a name, a prefix and adverts from below, for IPv6',
    prepared: [
      ...secondInterface,
      'link set eth0 address 02:00:00:00:00:01',
      'address add fe80::1/64 dev eth0 nodad',
    ],
    configuration: `
global_defs {
    vmac_prefix vip
    nftables other
    nftables_priority 7
    nftables_counters
    nftables_ifindex
}
vrrp_instance VI_1 {
    ROLE
    interface eth0
    virtual_router_id 51
    use_vmac
    vmac_xmit_base
    virtual_ipaddress {
        fe80::5
        2001:db8::5/64
    }
}
vrrp_instance VI_2 {
    ROLE
    interface eth0
    virtual_router_id 52
    use_vmac_addr
    virtual_ipaddress {
        192.0.2.5/24
        198.51.100.1/24 dev d0
    }
}
`,
    always: [
      'link vip.52 macvlan private on d0 00:00:5e:00:01:34 group default',
      'link vip6.51 macvlan private on eth0 00:00:5e:00:02:33 group default',
      'nft chain input priority 7',
      'nft chain output priority 7',
      'nft rule output @quiet counter drop',
      'nft set quiet [vip6.51,vip.52]',
      'nft table other',
      'sysctl eth0 arp_filter 1',
      'sysctl eth0 arp_ignore 1',
      'vip6.51 fe80::2:3300:1/64 scope link nodad',
    ],
    master: [
      'eth0 192.0.2.5/24 secondary',
      'vip.52 198.51.100.1/24',
      'vip6.51 2001:db8::5/64 nodad',
      'vip6.51 fe80::5/128 scope link nodad deprecated',
    ],
  },
  {
    title: 'routes and rules of an instance',
    prepared: secondInterface,
    configuration: `
vrrp_instance VI_1 {
    ROLE
    interface eth0
    virtual_router_id 51
    virtual_ipaddress {
        192.0.2.5/24
        198.51.100.1/24 dev d0
    }
    virtual_routes {
        203.0.113.0/24 via 192.0.2.2
        203.0.113.0/24 via 192.0.2.2 dev eth0 src 192.0.2.5 table 100 metric 7
        blackhole 198.51.100.128/25
        2001:db8:5::/48 dev eth0
    }
    virtual_rules {
        from 192.0.2.5/32 lookup 100 priority 200
        to 203.0.113.0/24 iif eth0 blackhole priority 201
        from 2001:db8::5 lookup 100 priority 202
    }
}
`,
    master: [
      'd0 198.51.100.1/24',
      'eth0 192.0.2.5/24 secondary',
      'route blackhole 198.51.100.128/25 table main proto 112 scope global',
      'route unicast 2001:db8:5::/48 dev eth0 table main proto 112 scope global metric 1024 pref medium',
      'route unicast 203.0.113.0/24 via 192.0.2.2 dev eth0 table 100 proto 112 scope global src 192.0.2.5 metric 7',
      'route unicast 203.0.113.0/24 via 192.0.2.2 dev eth0 table main proto 112 scope global',
      'rule -4 200: from 192.0.2.5 lookup 100 proto 112',
      'rule -4 201: from all to 203.0.113.0/24 iif eth0 blackhole proto 112',
      'rule -6 202: from 2001:db8::5 lookup 100 proto 112',
    ],
  },
  {
    title: 'what is static, as long as Baton runs',
    prepared: secondInterface,
    configuration: `
static_ipaddress {
    198.51.100.9/24 dev d0
    2001:db8::9/64 dev d0
}
static_routes {
    203.0.113.0/24 via 198.51.100.2 dev d0
}
static_rules {
    from 198.51.100.9/32 lookup 100 priority 300
}
vrrp_instance VI_1 {
    ROLE
    interface eth0
    virtual_router_id 51
    promote_secondaries
    virtual_ipaddress {
        192.0.2.5/24
    }
}
`,
    always: [
      'd0 198.51.100.9/24',
      'd0 2001:db8::9/64 nodad',
      'route unicast 203.0.113.0/24 via 198.51.100.2 dev d0 table main proto 112 scope global',
      'rule -4 300: from 198.51.100.9 lookup 100 proto 112',
      'sysctl eth0 promote_secondaries 1',
    ],
    master: ['eth0 192.0.2.5/24 secondary'],
  },
  {
    title: 'what both instances of a sync group have, unicast without an interface too',
    prepared: [...secondInterface, 'address add 198.51.100.250/24 dev d0'],
    configuration: `
vrrp_sync_group both {
    group {
        inside
        outside
    }
}
vrrp_instance inside {
    ROLE
    interface d0
    virtual_router_id 51
    dont_track_primary
    virtual_ipaddress {
        198.51.100.1/24
    }
}
vrrp_instance outside {
    ROLE
    virtual_router_id 52
    unicast_src_ip 192.0.2.1
    unicast_peer {
        192.0.2.2
    }
    virtual_ipaddress {
        192.0.2.5/32 dev eth0
    }
}
`,
    master: ['d0 198.51.100.1/24 secondary', 'eth0 192.0.2.5/32'],
  },
  {
    title: 'a macvlan of a single address, with a prefix of its own',
    prepared: secondInterface,
    configuration: `
global_defs {
    vmac_addr_prefix single
}
vrrp_instance VI_2 {
    ROLE
    interface d0
    virtual_router_id 52
    mcast_src_ip 192.0.2.1
    virtual_ipaddress {
        198.51.100.1/24 dev eth0 use_vmac
    }
}
`,
    always: [
      'link single.52 macvlan private on eth0 00:00:5e:00:01:34 group default',
      'nft chain input priority -1',
      'nft chain output priority -1',
      'nft rule output @quiet drop',
      'nft set quiet [single.52]',
      'nft table keepalived',
      'sysctl eth0 arp_filter 1',
      'sysctl eth0 arp_ignore 1',
    ],
    master: ['single.52 198.51.100.1/24'],
  },
  {
    title: 'what strict mode makes of version 3: it accepts nothing',
    priority: 254,
    configuration: `
global_defs {
    vrrp_strict
}
vrrp_instance VI_1 {
    ROLE
    version 3
    interface eth0
    virtual_router_id 51
    virtual_ipaddress {
        192.0.2.5/24
    }
}
vrrp_instance VI_2 {
    ROLE
    version 3
    strict_mode off
    interface eth0
    virtual_router_id 52
    virtual_ipaddress {
        192.0.2.6/24
    }
}
`,
    always: [
      'nft chain input priority -1',
      'nft chain output priority -1',
      'nft rule input @unaccepted drop',
      'nft rule output @unaccepted drop',
      'nft set unaccepted [192.0.2.5]',
      'nft table keepalived',
    ],
    master: ['eth0 192.0.2.5/24 secondary', 'eth0 192.0.2.6/24 secondary'],
  },
];
