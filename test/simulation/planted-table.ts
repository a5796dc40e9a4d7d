/** The list of planted bugs as docs/proof.md has it. */
import type { PlantedBug } from './planted-bugs.ts';

export function renderPlantedBugs(bugs: readonly PlantedBug[]): string {
  const rows = bugs.map(({ name, file, seeds }) => [name, `\`${file}\``, String(seeds)]);
  const header = ['planted bug', 'where', 'found within seeds'];
  const widths = header.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  return [line(header), rule, ...rows.map(line)].join('\n');
}
