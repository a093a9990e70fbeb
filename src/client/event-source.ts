/** Reads server-sent events from a response body, as the HTML standard says, as far as our servers send them. */

export interface ReceivedEvent {
  event: string;
  id?: string;
  data: string;
}

/** Events in the order in which they come. Ends when the body does; throws what reading it throws. */
export async function* readEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<ReceivedEvent, void> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = '';
  try {
    for (;;) {
      const { done, value } = await reader.read();
      // An event that the end cuts in half is dropped: it comes again after the last id.
      if (done) return;
      rest += decoder.decode(value, { stream: true });
      const blocks = rest.split('\n\n');
      rest = blocks.pop() ?? '';
      for (const block of blocks) {
        const event = parseBlock(block);
        if (event !== undefined) yield event;
      }
    }
  } finally {
    // Whoever stops reading closes the connection.
    await reader.cancel().catch(() => undefined);
  }
}

/** Undefined for a block without data: a comment that keeps the connection alive. */
function parseBlock(block: string): ReceivedEvent | undefined {
  const fields: Record<string, string> = {};
  for (const line of block.split('\n')) {
    const match = /^(event|id|data): ?(.*)$/.exec(line);
    if (match !== null) fields[match[1] as string] = match[2] as string;
  }
  const { event = 'message', id, data } = fields;
  return data === undefined ? undefined : { event, data, ...(id === undefined ? {} : { id }) };
}
