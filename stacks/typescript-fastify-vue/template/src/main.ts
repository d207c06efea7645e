import '@fontsource-variable/geist';
import './styles/theme.css';
import './styles/base.css';
import { createApp } from 'vue';
import App from './App.vue';
import { answerSnapshots, reportErrors, reportNavigation } from './report.ts';
import { router } from './router.ts';

const app = createApp(App);
reportErrors(app);
reportNavigation(router);
answerSnapshots();
app.use(router).mount('#app');
