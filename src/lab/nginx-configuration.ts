/** What nginx serves in the lab: the two front ends and the back ends behind them. */

/** The response header with the name of the host that answered. */
export const hostHeader = 'x-answered-by';

export const nginxConfigurationPath = '/etc/nginx/nginx.conf';

export const backEndAddresses: readonly string[] = ['198.51.100.11', '198.51.100.12'];

/** Every path that nginx writes to is on the host's own tmpfs; nobody else's user is needed. */
const preamble = `user root;
worker_processes 1;
pid /run/nginx.pid;
error_log /run/nginx-error.log;
events {
    worker_connections 1024;
}
`;

const httpPreamble = `    access_log off;
    client_body_temp_path /run/nginx-body;
    proxy_temp_path /run/nginx-proxy;
    fastcgi_temp_path /run/nginx-fastcgi;
    uwsgi_temp_path /run/nginx-uwsgi;
    scgi_temp_path /run/nginx-scgi;
`;

/** A front end: it passes requests on and says which host it is. */
export function frontEndConfiguration(): string {
  const servers = backEndAddresses.map((address) => `        server ${address}:80;\n`).join('');
  return `${preamble}http {
${httpPreamble}    upstream back_ends {
${servers}        keepalive 16;
    }
    server {
        listen 80;
        add_header ${hostHeader} $hostname;
        location / {
            proxy_pass http://back_ends;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
        }
    }
}
`;
}

/** A back end: it answers with its own name. */
export function backEndConfiguration(name: string): string {
  return `${preamble}http {
${httpPreamble}    server {
        listen 80;
        location / {
            return 200 "${name}";
        }
    }
}
`;
}

/** A slip of the kind that a hasty change makes: nginx refuses to start with it. */
export function breakConfiguration(configuration: string): string {
  return configuration.replace('worker_processes', 'worker_proceses');
}
