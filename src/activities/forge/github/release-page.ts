import type { Page, ReviewingApi } from '../reviewing-api.js';
import type { GithubRepository } from './api.js';

type PageCalls = Pick<ReviewingApi, 'findPage' | 'draftPage' | 'markPage' | 'deletePage'>;
type FileCalls = Pick<ReviewingApi, 'listFiles' | 'attachFile' | 'detachFile'>;

/** The calls about release pages. */
export function pageCalls({ octokit, at }: GithubRepository): PageCalls {
  return {
    async findPage(tag) {
      const releases = await octokit.paginate(octokit.rest.repos.listReleases, { ...at, per_page: 100 });
      const found = releases.find(({ tag_name: name }) => name === tag);
      return found === undefined ? undefined : pageOf(found);
    },

    async draftPage({ tag, title: name, body }) {
      const { data } = await octokit.rest.repos.createRelease({
        ...at,
        tag_name: tag,
        name,
        body,
        draft: true,
      });
      return pageOf(data);
    },

    async markPage(id, { draft }) {
      return pageOf((await octokit.rest.repos.updateRelease({ ...at, release_id: id, draft })).data);
    },

    async deletePage(id) {
      await octokit.rest.repos.deleteRelease({ ...at, release_id: id });
    },
  };
}

/** The calls about the files of a release page. */
export function fileCalls({ octokit, at }: GithubRepository): FileCalls {
  return {
    async listFiles({ id: page }) {
      const assets = await octokit.paginate(octokit.rest.repos.listReleaseAssets, {
        ...at,
        release_id: page,
        per_page: 100,
      });
      return assets.map(({ id, name, state, digest }) => ({
        id,
        name,
        whole: state === 'uploaded',
        sha256: /^sha256:(.*)$/.exec(digest ?? '')?.[1],
      }));
    },

    async attachFile({ uploads = '' }, name, data) {
      await octokit.request(`POST ${uploads}`, {
        name,
        headers: { 'content-type': 'application/octet-stream' },
        data,
      });
    },

    async detachFile(_page, file) {
      await octokit.rest.repos.deleteReleaseAsset({ ...at, asset_id: file });
    },
  };
}

interface Raw {
  readonly id: number;
  readonly draft: boolean;
  readonly html_url: string;
  readonly upload_url: string;
}

function pageOf({ id, draft, html_url: url, upload_url: uploads }: Raw): Page {
  return { id, draft, url, uploads };
}
