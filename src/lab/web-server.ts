/** nginx as the lab uses it: Debian's, or where that is missing a stand-in of the same manners. */
import { access, constants } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { nginxPath } from './article-configuration.ts';
import type { Machine } from './machine.ts';
import { nginxConfigurationPath } from './nginx-configuration.ts';

const debianPath = '/usr/sbin/nginx';

/** What nginx would write to outside of its configuration's paths. */
const stateDirectories = ['/var/lib/nginx', '/var/log/nginx'];

export type WebServerKind = 'nginx' | 'stand-in';

export async function findWebServer(): Promise<WebServerKind> {
  return access(debianPath, constants.X_OK).then(
    () => 'nginx',
    () => 'stand-in',
  );
}

/** Puts nginx where the article has it, with a configuration of the machine's own. */
export async function installWebServer(
  machine: Machine,
  kind: WebServerKind,
  configuration: string,
): Promise<void> {
  await machine.ownDirectory('/usr/local/nginx');
  await machine.ownDirectory('/etc/nginx');
  for (const directory of stateDirectories) await machine.hideDirectory(directory);
  await machine.write(nginxConfigurationPath, configuration);
  if (kind === 'nginx') {
    await machine.link(nginxPath, debianPath);
    return;
  }
  const program = fileURLToPath(new URL('./nginx-stand-in.js', import.meta.url));
  const script = `#!${process.execPath}\nimport(${JSON.stringify(program)});\n`;
  await machine.write(nginxPath, script, '755');
}
