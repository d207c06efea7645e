const { appName, appEnv } = document.documentElement.dataset;

/** What the server wrote into the page: the application's name and whether this is the preview. */
export const about = { name: appName ?? '', isPreview: appEnv === 'preview' };
