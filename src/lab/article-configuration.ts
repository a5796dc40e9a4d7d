/**
 * The article's configuration: two hosts, one virtual address, nginx behind it.
 * Its notes in full-width brackets are left out, its addresses are replaced by
 * those of RFC 5737, and these mistakes are mended: the virtual address was in
 * another network than the hosts, the script's first line had a full-width
 * exclamation mark, and `N= ...` had a blank that made it a command. All else,
 * what does not work as it was meant to included, is as it was.
 */
import type { DaemonKind, HostName } from './pair.ts';
import { articleTimers } from './pair.ts';

export const virtualAddress = '192.0.2.5';
export const vrrpInterface = 'eth1';
export const checkScriptPath = '/opt/tools/bin/check_ng.sh';
export const keepalivedConfigurationPath = '/etc/keepalived/keepalived.conf';
export const serviceConfigurationPath = '/etc/keepalived/service.conf';
/** Where the article installed nginx; the lab puts a link to the real one there. */
export const nginxPath = '/usr/local/nginx/sbin/nginx';
export const nginxPidPath = '/run/nginx.pid';

export const outsideAddress: Readonly<Record<HostName, string>> = {
  A: '192.0.2.2',
  B: '192.0.2.3',
};

const initialState: Readonly<Record<HostName, string>> = { A: 'MASTER', B: 'BACKUP' };

/**
 * The host's keepalived.conf. The last line is Baton's: keepalived takes `@baton`
 * for the id of another machine and drops the line without a word.
 */
export function keepalivedConfiguration(host: HostName): string {
  return `global_defs {
notification_email {
admin@company.com
}
notification_email_from alarm@company.com
smtp_server 127.0.0.1
smtp_connect_timeout 30
router_id LVS_DEVEL
}
vrrp_script chk_http_port {
script "${checkScriptPath}"
interval 2
weight 2
}
vrrp_instance VI_1 {
state ${initialState[host]}
interface ${vrrpInterface}
virtual_router_id 51
mcast_src_ip ${outsideAddress[host]}
priority ${String(articleTimers.priority[host])}
advert_int ${String(articleTimers.advertisementIntervalMs / 1_000)}
authentication {
auth_type PASS
auth_pass 1111
}
track_script {
chk_http_port
}
virtual_ipaddress {
${virtualAddress}
}
}
@baton include ${serviceConfigurationPath}
`;
}

/** The service as Baton knows it, in a file that keepalived never opens. */
export const serviceConfiguration = `service nginx {
    type nginx
    start ${nginxPath}
    pid_file ${nginxPidPath}
    probe http http://127.0.0.1/
    probe_interval 1
    on_failure fault
}
`;

export const checkScript = `#!/bin/bash
N=\`ps -C nginx --no-header |wc -l\`
if [ $N -eq 0 ];then
    ${nginxPath}
    sleep 3
    if [ \`ps -C nginx --no-header |wc -l\` -eq 0 ];then
        killall keepalived
    fi
fi
`;

/** Arguments of the daemon; Baton takes keepalived's own. */
export const daemonArguments: Readonly<Record<DaemonKind, readonly string[]>> = {
  baton: ['run', '-n', '-l', '-D', '-f', keepalivedConfigurationPath],
  keepalived: ['-n', '-l', '-D', '-f', keepalivedConfigurationPath],
};
