/** What follows the last `/`: a name with a tag, a digest, or both. A registry's port is before it. */
const FIXED =
  /^[a-z0-9]+(?:[._-]+[a-z0-9]+)*(?::(?!latest(?:@|$))[\w][\w.-]{0,127})?(?:@sha256:[0-9a-f]{64})?$/;

/**
 * Checks that an image says which one: with `latest`, or without a tag, two pods of one Deployment may run different
 * programs, and a rollback changes nothing.
 *
 * @throws Error that names the construct and the image
 */
export function checkImage(path: string, image: string): string {
  const name = image.slice(image.lastIndexOf('/') + 1);
  if (FIXED.test(name) && /[:@]/.test(name)) return image;
  throw new Error(
    `${path}: the image "${image}" has no fixed version. Give it a tag other than "latest", such as ":1.0.0", or a digest "@sha256:…".`,
  );
}
