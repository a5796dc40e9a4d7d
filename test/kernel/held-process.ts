/** What the kernel knows of the process, its sockets and its adverts because of these words. */
export const processConfiguration = `global_defs {
    disable_local_igmp
    vrrp_mcast_group4 224.0.0.99
    vrrp_mcast_group6 ff02::99
    vrrp_process_name keeper_vrrp
    vrrp_priority -7
    vrrp_rt_priority 11
    vrrp_rlimit_rttime 400000
    vrrp_no_swap
    vrrp_cpu_affinity 0
    vrrp_netlink_cmd_rcv_bufs 300000
    vrrp_netlink_monitor_rcv_bufs 400000
}
vrrp_instance VI_1 {
    state MASTER
    interface eth0
    virtual_router_id 1
    priority 255
    mcast_src_ip 192.0.2.11
    virtual_ipaddress {
        198.51.100.1
    }
}
vrrp_instance VI_2 {
    state MASTER
    interface eth0
    virtual_router_id 2
    priority 255
    mcast_dst_ip 224.0.0.77
    virtual_ipaddress {
        198.51.100.2
    }
}
vrrp_instance VI_3 {
    state MASTER
    interface eth0
    virtual_router_id 3
    priority 255
    unicast_src_ip 192.0.2.11
    unicast_ttl 7
    unicast_peer {
        192.0.2.2
    }
    virtual_ipaddress {
        198.51.100.3
    }
}
vrrp_instance VI_4 {
    state MASTER
    interface eth0
    virtual_router_id 4
    priority 255
    virtual_ipaddress {
        fe80::4/64
    }
}
vrrp_instance VI_5 {
    state MASTER
    interface eth0
    virtual_router_id 5
    priority 255
    no_virtual_ipaddress
    virtual_ipaddress_excluded {
        198.51.100.5
    }
}
`;

/** In a namespace that has this name for as long as the test lasts. */
export const namespaceConfiguration = `net_namespace blue
vrrp_instance VI_1 {
    state MASTER
    interface eth0
    virtual_router_id 1
    priority 255
    accept
    virtual_ipaddress {
        198.51.100.1
    }
}
`;
