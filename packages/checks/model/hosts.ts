/** Words that switch something; as a host they would name nothing. */
const SWITCHES = new Set(
  'true false yes no on off none null nil auto any all default enabled disabled undefined unix'.split(' '),
);

/** What somebody or a script writes a name over. */
const PLACEHOLDER = /placeholder|change[-_]?me|replace[-_]?me|^your[-_]/i;

/**
 * Whether a text is the name or address of somebody to connect to. A switch (`false`, `1`), a wildcard to listen on (`*`, `+`,
 * `0.0.0.0`, `::`), a template (`{{ host }}`, `<host>`) and a placeholder are none. `$(NAME)` may become one.
 */
export function isHost(text: string): boolean {
  if (/^\$\(?\{?\w+[)}]?(?:[\w.-]*)$/.test(text)) return true;
  if (/^\[[0-9a-f:.%]+\]$/i.test(text)) return !/^\[[0:]*\]$/.test(text);
  return (
    /^[a-z0-9](?:[a-z0-9_-]*[a-z0-9])?(?:\.[a-z0-9_](?:[a-z0-9_-]*[a-z0-9])?)*\.?$/i.test(text) &&
    !/^\d+$/.test(text) &&
    !/^0(?:\.0)*$/.test(text) &&
    !SWITCHES.has(text.toLowerCase()) &&
    !PLACEHOLDER.test(text)
  );
}
