import type { z } from 'zod';

import type { Page, ReviewingApi } from '../reviewing-api.js';
import type { GiteaRepository } from './api.js';
import { attachmentShape, releaseShape } from './shapes.js';

type Calls = Pick<
  ReviewingApi,
  'findPage' | 'draftPage' | 'markPage' | 'deletePage' | 'listFiles' | 'attachFile' | 'detachFile'
>;

/** The calls about release pages and their files. */
export function pageCalls(repository: GiteaRepository): Calls {
  const filesOf = ({ id }: Page) => `releases/${String(id)}/assets`;
  return {
    async findPage(tag) {
      for await (const release of repository.list('releases', releaseShape))
        if (release.tag_name === tag) return pageOf(release);
      return undefined;
    },

    async draftPage({ tag, title, body }) {
      const release = { tag_name: tag, name: title, body, draft: true };
      return pageOf(releaseShape.parse(await repository.send('POST', 'releases', release)));
    },

    async markPage(id, mark) {
      const release = { ...mark, target_commitish: settled };
      return pageOf(releaseShape.parse(await repository.send('PATCH', `releases/${String(id)}`, release)));
    },

    async deletePage(id) {
      await repository.send('DELETE', `releases/${String(id)}`);
    },

    // Gitea lists a file only when it has all of it.
    listFiles: async (page) =>
      (await repository.get(filesOf(page), attachmentShape.array())).map((file) => ({
        ...file,
        whole: true,
      })),

    attachFile: (page, filename, bytes) =>
      repository.upload(`${filesOf(page)}?name=${encodeURIComponent(filename)}`, bytes),

    async detachFile(page, file) {
      await repository.send('DELETE', `${filesOf(page)}/${String(file)}`);
    },
  };
}

/** Gitea gives a page the base branch to be tagged from as long as it has not heard of the tag; with the tag, this means nothing. */
const settled = 'HEAD';

function pageOf({ id, draft, html_url: url, target_commitish: target }: z.output<typeof releaseShape>): Page {
  return { id, draft, url, isEarly: target !== '' && target !== settled };
}
