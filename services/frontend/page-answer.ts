import type { Context } from 'koa';
import { z } from 'zod';
import { ask } from '@cafe-lumiere/runtime/upstream';
import { Problem } from '@cafe-lumiere/runtime/http';
import type { Upstream } from '@cafe-lumiere/runtime/upstream';
import type { UpstreamAnswer, UpstreamRequest } from '@cafe-lumiere/runtime/upstream';

/** What a page reads of a problem. */
export const problemBody = z.object({
  title: z.string(),
  detail: z.string().optional(),
  /** The fields that were refused. */
  errors: z.array(z.unknown()).optional(),
});

/** The answer, or nothing when there is none in time: a page is shown all the same. */
export async function answerOf(
  context: Context,
  upstream: Upstream,
  call: UpstreamRequest,
): Promise<UpstreamAnswer | undefined> {
  try {
    return await ask(context, upstream, call);
  } catch (error) {
    if (error instanceof Problem && error.status === 503) return undefined;
    throw error;
  }
}

/** Shows a page that says why something did not happen, with the status that says so to machines. */
export function refuse(context: Context, answer: UpstreamAnswer | undefined, page: string): void {
  context.status = answer?.status ?? 503;
  if (context.status === 503) context.set('Retry-After', answer?.headers['retry-after'] ?? '1');
  context.body = page;
}

/** What to tell a person about an answer that is no success: the reason when it is theirs, never a raw error. */
export function messageOf(answer: UpstreamAnswer | undefined): string {
  const read = problemBody.safeParse(answer?.body);
  if (answer && answer.status < 500 && read.success) return read.data.detail ?? read.data.title;
  return 'That did not get through. Nothing is lost: press the button again in a moment.';
}
