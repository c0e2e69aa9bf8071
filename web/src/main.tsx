import { createRoot } from 'react-dom/client'
import { App } from './app/App'
import './app/theme'
import './style/index.css'

createRoot(document.getElementById('root')!).render(<App />)
